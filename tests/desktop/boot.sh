#!/bin/sh
# Boots a throw-away systemd over a copy-on-write view of this machine, as the first process of new namespaces.
#     boot.sh SYSTEMD PLACE SHARED VISIBLE...
# PLACE: an empty folder, out of sight inside; SHARED: a folder that is /mnt inside; VISIBLE: folders that people
# inside must be able to read, wherever they lie. Whatever else is written inside is gone with the last process.
# The machine's own clock, kernel settings and power are out of reach: rights to them are dropped.
set -eu
umask 022
systemd=$1 place=$2 shared=$3
shift 3

mount -t tmpfs -o mode=755 tmpfs "$place"
root=$place/root
mkdir "$root" "$place/layers"

count=0
over() { # a copy-on-write view of the folder $1 at $2
    count=$((count + 1))
    layer=$place/layers/$count
    mkdir -p "$2" "$layer/up" "$layer/work"
    chmod 755 "$layer" "$layer/up"
    mount -t overlay overlay -o "lowerdir=$1,upperdir=$layer/up,workdir=$layer/work" "$2"
    chmod a+rx "$2"
}

passable() { # people may go down to $1
    case $1 in /*/*) passable "${1%/*}" ;; esac
    chmod a+x "$root$1"
}

over / "$root"
for folder in tmp run var/tmp dev home; do
    mount -t tmpfs -o mode=1777 tmpfs "$root/$folder"
done
chmod 755 "$root/run" "$root/dev" "$root/home"
for folder; do
    over "$folder" "$root$folder"
    passable "$folder"
    find "$root$folder" ! -type l ! -perm -o=r -exec chmod a+rX {} + # a checkout may be its owner's alone
done
mount --bind "$shared" "$root/mnt"

mount -t proc proc "$root/proc"
mount --bind "$root/proc/sys" "$root/proc/sys"
mount -o remount,bind,ro "$root/proc/sys"
mount -t sysfs -o ro,nosuid,nodev,noexec sysfs "$root/sys"
mount -t cgroup2 cgroup2 "$root/sys/fs/cgroup"
device() { # of its own: rights that are changed inside, or a change of place, are not those of the machine's
    mknod -m 666 "$root/dev/$1" c "$2" "$3"
}
device null 1 3
device zero 1 5
device full 1 7
device random 1 8
device urandom 1 9
device tty 5 0
mount --bind "$root/dev/null" "$root/proc/sysrq-trigger" 2>/dev/null || true
mkdir "$root/dev/pts" "$root/dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666,mode=620 devpts "$root/dev/pts"
mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
ln -s pts/ptmx "$root/dev/ptmx"
ln -s /proc/self/fd "$root/dev/fd"

# A kernel that says it can sleep; asleep, nothing of any user runs, until it is time.
mkdir "$place/power"
echo "freeze mem" >"$place/power/state"
echo "[deep]" >"$place/power/mem_sleep"
mount --bind "$place/power" "$root/sys/power"
cat >"$root/usr/local/bin/asleep" <<'SLEEP'
#!/bin/sh
echo 1 >/sys/fs/cgroup/user.slice/cgroup.freeze
while ! grep -q "frozen 1" /sys/fs/cgroup/user.slice/cgroup.events; do sleep 0.01; done
rm -rf /run/asleep
cp -a /home /run/asleep # what the disk holds if the power fails now
sleep "$(cat /run/night 2>/dev/null || echo 1)"
echo 0 >/sys/fs/cgroup/user.slice/cgroup.freeze
SLEEP
chmod 755 "$root/usr/local/bin/asleep"

# Nothing of what the machine itself would start, but a bus, logind and logins.
units=$root/etc/systemd/system
: >"$root/etc/fstab"
rm -rf "$units"/*.wants "$units"/*.requires "$root"/etc/systemd/user/*.wants
rm -rf "$root"/lib/systemd/system/*.target.wants "$root"/usr/lib/systemd/system/*.target.wants
mkdir -p "$units/systemd-suspend.service.d" "$root/etc/systemd/journald.conf.d" "$root/etc/systemd/logind.conf.d"
cat >"$units/test.target" <<'UNIT'
[Unit]
Requires=basic.target systemd-journald.service systemd-tmpfiles-setup.service dbus.service systemd-logind.service
Requires=systemd-user-sessions.service systemd-journal-flush.service
After=basic.target systemd-logind.service systemd-user-sessions.service
UNIT
printf '[Service]\nExecStart=\nExecStart=/usr/local/bin/asleep\n' >"$units/systemd-suspend.service.d/test.conf"
printf '[Journal]\nStorage=persistent\nReadKMsg=no\nAudit=no\n' >"$root/etc/systemd/journald.conf.d/test.conf"
ln -sf /dev/null "$root/etc/tmpfiles.d/tmp.conf" # nothing is tidied up
printf '[Login]\nUserStopDelaySec=0\n' >"$root/etc/systemd/logind.conf.d/test.conf"
ln -sf /dev/null "$units/modprobe@.service"
ln -sf /dev/null "$units/systemd-udevd.service"
rm -rf "$root/var/log/journal"
mkdir "$root/var/log/journal" # of our own: people read in it what their services said
# How people log in: without passwords.
printf '%s\n' 'auth required pam_permit.so' 'account required pam_permit.so' 'session required pam_systemd.so' \
    >"$root/etc/pam.d/test-login"

cd "$root"
mkdir "$root/before"
pivot_root . before
umount -l /before
exec setpriv --bounding-set -sys_time,-sys_boot,-sys_module,-sys_rawio \
    env -i container=test LANG=C.UTF-8 PATH=/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin \
    "$systemd" --system --unit=test.target --log-target=journal --show-status=false </dev/null
