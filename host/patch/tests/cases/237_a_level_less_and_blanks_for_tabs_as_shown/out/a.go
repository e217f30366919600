package a

func f() {
	if x {
		foo()
		baz()
		bar()
	}
}
