"""The room of prices: what an app costs a month, from a dated book of prices and a meter that plans and local runs share. Pure."""
