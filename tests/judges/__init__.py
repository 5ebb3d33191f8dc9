"""Judges that DEEP did not write: programs of others that decide about the very documents which are deployed.

Each runs in an environment of its own (`make test` installs them, by hash) and speaks lines of JSON. A judge that checked nothing, does not know an
action or lets its canary pass raises instead of answering: no judgement is ever mistaken for a good one.
"""
