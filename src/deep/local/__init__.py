"""The local platform: it serves a property on this machine as the cloud would, with a process per busy function and real engines behind the services.

`gateway` takes requests, `functions` runs them in sandboxed processes, `engines` starts the third-party programs that keep tables.
"""
