"""Installers: set-up file and MSI for Windows, package for Debian, update, stick."""
