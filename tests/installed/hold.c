/* Holds a file open to nobody else for so many milliseconds, as another program does: HOLD FILE MS. */

#include <stdio.h>
#include <windows.h>

int wmain(int count, wchar_t **words)
{
    HANDLE file;
    if (count < 3) return 2;
    file = CreateFileW(words[1], GENERIC_READ, 0, NULL, OPEN_EXISTING, 0, NULL);
    if (file == INVALID_HANDLE_VALUE) return 1;
    puts("held");
    fflush(stdout);
    Sleep(_wtoi(words[2]));
    CloseHandle(file);
    return 0;
}
