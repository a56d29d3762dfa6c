/* borderdesk.exe and borderdeskw.exe: main.py by the Python that lies beside them, in this very
   process, so that a task list names BorderDesk and one program ends with one exit status.

   WINDOWED is defined for the window: it has no console, and says in a box what it cannot start
   for. The program starts itself again by python.exe or pythonw.exe, named here as the
   interpreter. Built by mingw-w64; the imports are the system's own libraries alone. */

#include <windows.h>

#define LONGEST 32768 /* letters of a path, where paths may be long */

#ifdef WINDOWED
#define INTERPRETER L"python\\pythonw.exe"
#else
#define INTERPRETER L"python\\python.exe"
#endif

typedef int (*RunPython)(int, wchar_t **);

static wchar_t folder[LONGEST], library[LONGEST], interpreter[LONGEST], script[LONGEST];

static int refuse(const wchar_t *what)
{
#ifdef WINDOWED
    MessageBoxW(NULL, what, L"BorderDesk", MB_OK | MB_ICONERROR);
#else
    /* A console takes UTF-16; a file or a pipe gets UTF-8, as from the program itself. */
    HANDLE err = GetStdHandle(STD_ERROR_HANDLE);
    DWORD written, mode;
    if (GetConsoleMode(err, &mode)) {
        WriteConsoleW(err, what, lstrlenW(what), &written, NULL);
    } else {
        char text[1024];
        int size = WideCharToMultiByte(CP_UTF8, 0, what, -1, text, sizeof text, NULL, NULL);
        if (size > 1) WriteFile(err, text, size - 1, &written, NULL);
    }
#endif
    return 3;
}

static BOOL beside(wchar_t *path, const wchar_t *name)
{
    if (lstrlenW(folder) + lstrlenW(name) >= LONGEST) return FALSE;
    lstrcpyW(path, folder);
    lstrcatW(path, name);
    return TRUE;
}

static BOOL find_folder(void)
{
    DWORD length = GetModuleFileNameW(NULL, folder, LONGEST);
    if (length == 0 || length >= LONGEST) return FALSE;
    while (length > 0 && folder[length - 1] != L'\\') length--;
    folder[length] = 0;
    return TRUE;
}

static int run(int count, wchar_t **words)
{
    HMODULE python;
    RunPython start;
    wchar_t **all;
    int i;

    if (!find_folder() || !beside(library, L"python\\python311.dll")
        || !beside(interpreter, INTERPRETER) || !beside(script, L"program\\main.py"))
        return refuse(L"Đường dẫn của BorderDesk quá dài.\n"
                      L"The path of BorderDesk is too long.\n");
    python = LoadLibraryExW(library, NULL, LOAD_WITH_ALTERED_SEARCH_PATH);
    start = python ? (RunPython)(void *)GetProcAddress(python, "Py_Main") : NULL;
    if (!start)
        return refuse(L"BorderDesk chưa được cài đủ; hãy cài lại. Sổ của đồn vẫn còn nguyên.\n"
                      L"BorderDesk is not installed whole; install it again. No desk is lost.\n");
    all = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, (count + 6) * sizeof *all);
    if (!all) return refuse(L"Máy hết bộ nhớ.\nThere is no memory left.\n");
    all[0] = interpreter;
    all[1] = L"-X";
    all[2] = L"utf8";
    all[3] = script;
    all[4] = L"--newest";
    for (i = 1; i < count; i++) all[4 + i] = words[i];
    return start(4 + count, all);
}

#ifdef WINDOWED
int WINAPI wWinMain(HINSTANCE self, HINSTANCE none, PWSTR line, int shown)
{
    int count;
    wchar_t **words = CommandLineToArgvW(GetCommandLineW(), &count);
    (void)self, (void)none, (void)line, (void)shown;
    return words ? run(count, words) : 3;
}
#else
int wmain(int count, wchar_t **words)
{
    return run(count, words);
}
#endif
