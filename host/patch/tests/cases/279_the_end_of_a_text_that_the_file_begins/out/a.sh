a
cat <<'EOF'
b
EOF
