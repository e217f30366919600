def load(path):
    with open(path) as f:
        text = f.read()
    rows = text.splitlines()
    return [row.split(",") for row in rows]


def save(path, rows):
    text = "\n".join(rows)
    with open(path, "w") as f:
        f.write(text)
