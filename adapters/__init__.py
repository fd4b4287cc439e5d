"""Where platforms meet the core: one package each."""
