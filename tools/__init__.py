"""Set-up of a machine, builds and developer tools: standard library only."""
