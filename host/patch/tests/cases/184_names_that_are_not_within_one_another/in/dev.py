class Lamp:
    def dim(self):
        level = 0


class Fan:
    def spin(self):
        speed = 0
