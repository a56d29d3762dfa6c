"""The exceptions that reading a damaged or malicious zip file raises.

Workbooks, documents, packages and updates are zips. `zipfile` documents only the first of these, so
a caller that lists its own misses some: a directory offset before the start of the file raises
ValueError, flipped bits in LZMA data LZMAError.
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
