"""Third-party programs the local platform starts and watches, one file each: table engines and the installer of Python requirements."""
