SLOTS=()
def draw(tables, look): return ()
def sentences(tables, look): return {}
