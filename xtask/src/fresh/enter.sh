# Enters a bare root, in mount and process namespaces of its own, and runs a command there. Whatever is mounted here ends
# with these namespaces, also when this is killed: nothing outside has to be undone, and nothing outside can be reached
# through a mount that was left behind.
#
# Given: FRESH_ROOT; FRESH_MOUNTS, lines of mode|source|target; FRESH_WHO, `root` or `user`; FRESH_FOLDER to work in.
set -eu
mount --bind "$FRESH_ROOT" "$FRESH_ROOT"
mount -t proc proc "$FRESH_ROOT/proc"
mount --rbind /sys "$FRESH_ROOT/sys"
mount --rbind /dev "$FRESH_ROOT/dev"
mount -t tmpfs tmpfs "$FRESH_ROOT/tmp"
chmod 1777 "$FRESH_ROOT/tmp"
printf '%s\n' "$FRESH_MOUNTS" | while IFS='|' read -r mode source target; do
  if [ -d "$source" ]; then mkdir -p "$FRESH_ROOT$target"; else
    mkdir -p "$(dirname "$FRESH_ROOT$target")"
    [ -e "$FRESH_ROOT$target" ] || : >"$FRESH_ROOT$target"
  fi
  mount --bind "$source" "$FRESH_ROOT$target"
  [ "$mode" = rw ] || mount -o "remount,bind,ro" "$FRESH_ROOT$target"
done
cd "$FRESH_ROOT"
mkdir -p .outside
# Not chroot: in one, the kernel keeps users from making namespaces, which bubblewrap does.
pivot_root . .outside
umount -l /.outside
cd "$FRESH_FOLDER"
who="$FRESH_WHO"
unset FRESH_ROOT FRESH_MOUNTS FRESH_WHO FRESH_FOLDER
[ "$who" = user ] || exec "$@"
# Somebody without rights over the system, though what root built lies there as his: he is root under another number, in
# a namespace where that number means nothing, and what belongs to the system cannot be written to.
mount -o remount,bind,ro /
exec unshare --user --map-user=1000 --map-group=1000 -- "$@"
