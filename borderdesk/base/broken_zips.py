"""What reading a zip raises that is damaged, or made to do harm.

Workbooks, documents, packages and updates are zips. `zipfile` documents only the first of these,
and a door that names its own is surprised by the next file: a directory that points before the
begin is a ValueError, LZMA with bits turned an LZMAError.
"""

import lzma
import struct
import zipfile
import zlib

BROKEN_ZIP = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    LookupError,
    NotImplementedError,
    RuntimeError,
)
"""NotImplementedError: packed in a way that is not known; RuntimeError: locked with a password."""
