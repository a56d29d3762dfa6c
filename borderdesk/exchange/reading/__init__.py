"""Reading a package that may be damaged or hostile."""
