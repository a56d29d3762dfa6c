/* Stands in for a library of Windows 10 that wine 8 lacks: random bytes from the older function.
   For the trial of an installer alone, never a part of one. */
#include <windows.h>

BOOLEAN NTAPI SystemFunction036(PVOID, ULONG);

__declspec(dllexport) BOOL ProcessPrng(PBYTE bytes, SIZE_T left)
{
    while (left) {
        ULONG part = left > 65536 ? 65536 : (ULONG)left;
        SystemFunction036(bytes, part);
        bytes += part;
        left -= part;
    }
    return TRUE;
}
