class Lamp:
    def switch(self):
        level = 0
        return level


class Fan:
    def switch(self):
        level = 0
        return level
