"""The command line, `deepify`: it reads arguments, asks `deep.wiring` to do the work and shows what came of it. No rule of DEEP lives here."""
