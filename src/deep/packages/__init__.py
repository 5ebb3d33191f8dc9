"""How microapplications come to a machine: where from, fetched and unpacked safely, placed all or nothing, and their hooks run only with consent.

Everything that arrives is taken for hostile until it is checked: `fetch` speaks to git without letting a repository run anything, `unpack` writes
regular files and folders only, `place` swaps a whole installation in at once, and `hooks` runs nothing that was not approved by its content's hash.
"""
