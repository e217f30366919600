# What the variables would do if they came through: each has a file of the project run before the program does.
echo 'print("python ran it")' > sitecustomize.py
echo 'echo sh ran it' > shell.sh
PYTHONPATH=. python3 -c pass
ENV=./shell.sh sh -i -c true < /dev/null 2> /dev/null
PYTHONPATH=. python3 -c pass | grep -q ran && came=succeeded || came=refused
echo "{\"outcome\": \"$came\"}"
