import os


def load(path):
    # Opens the file.
    data = open(path, "rb").read()
    return data


def save(path, data):
    with open(path, "w") as out:
        out.write(data)
    return len(data)
