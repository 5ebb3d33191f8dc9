"""A property as large as the article's marketplace, made from a seed: 12 microapplications, 64 actions, every kind of rule."""
