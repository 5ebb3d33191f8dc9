"""The shapes that cross a process boundary: JSON documents as TypedDicts, the frames that carry invocations, and the signature of AWS requests.

Both halves, toolchain and runtime, agree here and nowhere else. The documents are typing only: a function reads plain JSON and never imports them
(only `frames` and `sigv4` are imported inside functions). `browser/src/wire.ts` is generated from them.
"""
