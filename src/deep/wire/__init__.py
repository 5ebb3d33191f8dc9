"""The shapes that cross a process boundary: JSON documents as TypedDicts, and the frames that carry invocations.

Both halves, toolchain and runtime, agree here and nowhere else. The documents are typing only: a function reads plain JSON and never imports them
(only `frames` is imported inside functions). `browser/src/wire.ts` is generated from them.
"""
