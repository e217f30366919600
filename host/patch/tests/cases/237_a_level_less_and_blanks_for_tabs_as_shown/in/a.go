package a

func f() {
	if x {
		foo()
		bar()
	}
}
