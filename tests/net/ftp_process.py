#!/usr/bin/env python3
"""ftp_process.py PORTOLAN FOLDER FILES [CASE ...]: what becomes of an FTP gateway's processes, seen by its clients and
in /proc. FOLDER has site.yaml and takes what the gateways say; FILES are what the server has. A line for each case."""
import ftplib
import json
import os
import pwd
import re
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.error
import urllib.request

PORTOLAN, FOLDER, FILES = sys.argv[1:4]
SITE = f"{FOLDER}/site.yaml"
CLIENT, SERVER, PASSWORD = "10.20.0.10", "203.0.113.24", "pass-the-word"
OPTIONS = ["--listen", "10.20.0.1:21", "--explicit", "--allow", f"10.20.0.0/24={SERVER}"]
LARGE = 64 << 20
WAIT_S = 5
CASES = []


def case(function):
    CASES.append(function)
    return function


def check(holds, words):
    if not holds:
        raise AssertionError(words)


def wait(words, holds, seconds=WAIT_S):
    end = time.monotonic() + seconds
    while not holds():
        check(time.monotonic() < end, f"not in {seconds} s: {words}")
        time.sleep(0.02)


# --- a gateway --------------------------------------------------------------------------------------

def status(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as f:
        return dict(line.rstrip("\n").split(":\t", 1) for line in f)


def is_there(pid):
    try:
        return not status(pid)["State"].startswith("Z")
    except (FileNotFoundError, ProcessLookupError):
        return False


class Gateway:
    last = 0

    def __init__(self, *options, before=None):
        Gateway.last += 1
        self.out, self.err = f"{FOLDER}/out.{Gateway.last}", f"{FOLDER}/err.{Gateway.last}"
        with open(self.out, "wb") as out, open(self.err, "wb") as err:
            self.process = subprocess.Popen([PORTOLAN, "ftp-gateway", *(options or (SITE, "--device", "F"))],
                                            stdin=subprocess.DEVNULL, stdout=out, stderr=err, preexec_fn=before,
                                            close_fds=False)
        self.pid = self.process.pid
        wait("the gateway is ready", lambda: "ready" in self.said() or self.process.poll() is not None)
        check(self.process.poll() is None, f"the gateway ended: {self.said()}")

    def said(self):
        with open(self.err, encoding="utf-8") as f:
            return f.read()

    def told(self):
        with open(self.out, encoding="utf-8") as f:
            return f.read()

    def workers(self):
        with open(f"/proc/{self.pid}/task/{self.pid}/children", encoding="ascii") as f:
            return [int(pid) for pid in f.read().split() if is_there(int(pid))]

    def worker(self):
        workers = self.workers()
        check(len(workers) == 1, f"workers: {workers}")
        return workers[0]

    def signal(self, number):
        os.kill(self.pid, number)

    def ends(self, seconds=WAIT_S):
        return self.process.wait(seconds)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        everyone = [self.pid, *(self.workers() if self.process.poll() is None else [])]
        for pid in everyone:
            if is_there(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait("all are gone", lambda: not any(map(is_there, everyone)))


# --- its clients ------------------------------------------------------------------------------------

class Client(ftplib.FTP):
    """In the conversation named after how its data connections are made."""

    def __init__(self, server=SERVER):
        super().__init__(timeout=WAIT_S)
        self.connect("10.20.0.1", 21, source_address=(CLIENT, 0))
        self.login(f"lab@{server}", PASSWORD)
        self.voidcmd("TYPE I")

    def data(self, command, mode="EPSV"):
        if mode in ("PASV", "EPSV"):
            if mode == "PASV":
                port = ftplib.parse227(self.sendcmd("PASV"))[1]
            else:
                port = int(re.search(r"\|\|\|(\d+)\|", self.sendcmd("EPSV")).group(1))
            data = socket.create_connection(("10.20.0.1", port), WAIT_S, (CLIENT, 0))
            self.begin(command)
            return data
        with socket.create_server((CLIENT, 0)) as listener:
            listener.settimeout(WAIT_S)
            port = listener.getsockname()[1]
            if mode == "PORT":
                self.sendport(CLIENT, port)
            else:
                self.sendeprt(CLIENT, port)
            self.begin(command)
            data, self.dialled_from = listener.accept()
            data.settimeout(WAIT_S)
            return data

    def begin(self, command):
        reply = self.sendcmd(command)
        check(reply[0] == "1", reply)

    def fetch(self, name, mode="EPSV"):
        with self.data(f"RETR {name}", mode) as data:
            got = read_all(data)
        self.voidresp()
        return got

    def quit_anyhow(self):
        """After what it has to say still of a transfer."""
        try:
            self.voidresp()
        except ftplib.Error:
            pass
        self.quit()

    def large(self):
        """In the middle of it, for as long as nobody reads."""
        data = self.data("RETR large")
        check(len(data.recv(65536)) > 0, "nothing comes")
        return data


def read_all(data):
    parts = []
    while part := data.recv(1 << 20):
        parts.append(part)
    return b"".join(parts)


def small():
    with open(f"{FILES}/small file", "rb") as f:
        return f.read()


def is_reset(data):
    """What was on its way may be read before."""
    try:
        while data.recv(1 << 20):
            pass
    except ConnectionResetError:
        return True
    return False


def has_ended(client):
    try:
        return client.sock.recv(100) == b""
    except ConnectionResetError:
        return True


def run(*command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def nothing_is_left():
    """No process is checked here: only what the kernel may have kept."""
    listeners = run("ss", "-Htln", "src", "10.20.0.1")
    check(not listeners, f"it listens: {listeners}")
    data = run("ss", "-Htn", "state", "established", "src", "10.20.0.1")
    check(not data, f"it is connected: {data}")
    rules = run("nft", "list", "ruleset")
    check(not rules, f"rules: {rules}")


# --- what a worker may ------------------------------------------------------------------------------

def has_no_rights(pid, user):
    s, who = status(pid), pwd.getpwnam(user)
    check(s["Uid"].split() == [str(who.pw_uid)] * 4, f"Uid {s['Uid']}")
    check(s["Gid"].split() == [str(who.pw_gid)] * 4, f"Gid {s['Gid']}")
    check(s["Groups"].split() == [], f"Groups {s['Groups']}")
    for which in "Inh", "Prm", "Eff", "Amb":
        check(int(s[f"Cap{which}"], 16) == 0, f"Cap{which} {s[f'Cap{which}']}")
    check(s["Seccomp"] == "2", f"Seccomp {s['Seccomp']}")
    check(s["NoNewPrivs"] == "1", f"NoNewPrivs {s['NoNewPrivs']}")
    check(os.listdir(f"/proc/{pid}/root/") == [], "its root folder is not empty")
    check(not os.path.samefile(f"/proc/{pid}/root/", "/"), "its root folder is the host's")
    check(not os.path.samefile(f"/proc/{pid}/cwd/", "/"), "it is in the host's root folder")


@case
def worker_has_no_rights():
    with Gateway() as g:
        has_no_rights(g.worker(), "proxy")
    with Gateway(*OPTIONS) as g:
        has_no_rights(g.worker(), "nobody")


@case
def worker_resolves_names():
    with Gateway(), Client("files.test") as c:
        check(c.fetch("small file") == small(), "the file is another")


@case
def every_mode():
    with open(SITE, encoding="utf-8") as f:
        site = f.read()
    from_20 = f"{FOLDER}/from-20.yaml"
    with open(from_20, "w", encoding="utf-8") as f:
        f.write(site.replace("active_source: any", "active_source: 20"))
    for path, is_20 in (SITE, False), (from_20, True):
        with Gateway(path, "--device", "F") as g:
            for mode in "PASV", "EPSV", "PORT", "EPRT":
                with Client() as c:
                    check(c.fetch("small file", mode) == small(), f"{mode}: the file is another")
                    if mode in ("PORT", "EPRT"):
                        check((c.dialled_from[1] == 20) == is_20, f"dialled from {c.dialled_from}")
            check(PASSWORD not in g.told() + g.said(), "a password is told")


# --- its logs ---------------------------------------------------------------------------------------

def lines(path):
    with open(path, encoding="utf-8") as f:
        return f.read().splitlines()


@case
def logs():
    log, transfers = f"{FOLDER}/log", f"{FOLDER}/xferlog"
    with Gateway(SITE, "--device", "F", "--log", log, "--transfer-log", transfers, "--verbose") as g:
        with Client() as c:
            c.fetch("small file")
            with c.data("STOR sent\x01") as data:
                data.sendall(b"x" * 1234)
            c.voidresp()
            c.voidcmd("TYPE A")
            c.retrlines("LIST", lambda line: None)
            data = c.data("RETR large")
            data.recv(1)
            data.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            data.close()
            c.quit_anyhow()
        wait("three transfers", lambda: len(lines(transfers)) == 3)
        for moved in log, transfers:
            os.rename(moved, moved + ".1")
        g.signal(signal.SIGHUP)
        wait("read again", lambda: "read again" in g.said() and len(g.workers()) == 1)
        with Client() as c:
            c.fetch("small file")
        wait("a transfer", lambda: len(lines(transfers)) == 1)
        events = [json.loads(line)["event"] for line in lines(log) + lines(log + ".1")]
        check({"session", "login", "transfer", "command", "reply", "end"} <= set(events), f"events: {events}")
        check(not g.told() and g.said().splitlines()[0] == "ready", "something is told elsewhere")
    when = r"[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d 2\d{3} 1"
    wanted = (rf"{when} {CLIENT} 100000 small_file b _ o r lab ftp 0 \* c",
              rf"{when} {CLIENT} 1234 sent_ b _ i r lab ftp 0 \* c",
              rf"{when} {CLIENT} \d+ large a _ o r lab ftp 0 \* i")
    for want, line in zip(wanted, lines(transfers + ".1")):
        check(re.fullmatch(want, line), f"{line!r} is not {want}")
    for path in log, transfers, log + ".1", transfers + ".1":
        check(os.stat(path).st_mode & 0o777 == 0o640, f"{path} has the mode {os.stat(path).st_mode:o}")
        check(not [line for line in lines(path) if PASSWORD in line], f"a password in {path}")


@case
def log_that_cannot_be_written():
    with Gateway(*OPTIONS, "--log", "/dev/full") as g, Client() as c:
        check(c.fetch("small file") == small(), "the file is another")
        said = [line for line in g.said().splitlines() if "No space left" in line]
        check(len(said) == 1 and "/dev/full" in said[0], f"said: {g.said()}")


# --- its counts -------------------------------------------------------------------------------------

def status_of(control, form="json"):
    told = run(PORTOLAN, "ftp-gateway", "--status", control, "--format", form)
    return json.loads(told) if form == "json" else told


@case
def counts():
    control = f"{FOLDER}/control"
    with Gateway(SITE, "--device", "F", "--control", control) as g:
        check(os.stat(control).st_mode & 0o777 == 0o600, f"{control} has the mode {os.stat(control).st_mode:o}")
        with Client() as old:
            old.fetch("small file")
            data = old.large()
            g.signal(signal.SIGHUP)
            wait("the old worker drains", lambda: any(w["draining"] for w in status_of(control)["workers"]))
            with Client() as new:
                with new.data("STOR sent") as sent:
                    sent.sendall(b"x" * 1234)
                new.voidresp()
                said = status_of(control)
                keys = "draining", "sessions", "transfers", "logins", "bytes_down", "bytes_up"
                numbers = [[w[key] for key in keys] for w in said["workers"]]
                check(sorted(numbers) == [[False, 1, 0, 1, 0, 1234], [True, 1, 1, 1, 100000, 0]], f"told: {said}")
                check({w["pid"] for w in said["workers"]} == set(g.workers()), f"told: {said}")
            data.close()
            old.quit_anyhow()
        wait("one worker", lambda: len(status_of(control)["workers"]) == 1)
        total = status_of(control)["all"]
        check(total["sessions"] == 0 and total["logins"] == 2 and total["bytes_up"] == 1234, f"of all: {total}")
        killed = g.worker()
        os.kill(killed, signal.SIGKILL)
        wait("a new worker", lambda: killed not in g.workers() and
             [w["pid"] for w in status_of(control)["workers"]] == g.workers())
        check(status_of(control)["all"]["logins"] == 2, "the counts of a worker that died are gone")
        check("draining" not in status_of(control, "text"), status_of(control, "text"))
        metrics = status_of(control, "openmetrics")
        check('portolan_ftp_gateway_logins_total{gateway="F"} 2\n' in metrics and metrics.endswith("# EOF\n"), metrics)
        g.signal(signal.SIGTERM)
        g.ends()
        check(not os.path.exists(control), "the socket is still there")
    with Gateway(SITE, "--device", "F", "--control", control) as g:
        other = subprocess.run([PORTOLAN, "ftp-gateway", *OPTIONS, "--control", control], capture_output=True,
                               text=True, timeout=WAIT_S, check=False)
        check(other.returncode == 3 and "in use" in other.stderr, f"a second one: {other}")
    with Gateway(SITE, "--device", "F", "--control", control):  # it was killed: the file is still there
        check(len(status_of(control)["workers"]) == 1, "nobody there")


METRICS = "127.0.0.1:9121"


def page(path="/metrics"):
    """Its status and its text."""
    try:
        with urllib.request.urlopen(f"http://{METRICS}{path}", timeout=WAIT_S) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, ""


def web_process(g):
    """The one of its processes that is no worker: it holds one descriptor of the net."""
    listeners = run("ss", "-Htlnp", "sport", "=", METRICS.split(":")[1])
    pids = {int(pid) for pid in re.findall(r"pid=(\d+)", listeners)} - {g.pid}
    check(len(pids) == 1, f"who listens for {METRICS}: {listeners}")
    return pids.pop()


@case
def metrics():
    with Gateway(SITE, "--device", "F", "--metrics", METRICS) as g:
        web = web_process(g)
        has_no_rights(web, "nobody")
        with Client() as c:
            c.fetch("small file")
            status, text = page()
            check(status == 200 and text.endswith("# EOF\n"), f"{status} {text}")
            for line in 'sessions{gateway="F",state="serving"} 1', 'bytes_down_total{gateway="F"} 100000':
                check(f"portolan_ftp_gateway_{line}\n" in text, text)
        check(page("/")[0] == 404, "another page is there")
        stuck = [socket.create_connection(METRICS.split(":"), WAIT_S) for _ in range(20)]
        with Client() as c:
            check(c.fetch("small file") == small(), "many who ask disturb others")
        for s in stuck:
            s.close()
        wait("a page", lambda: page()[0] == 200)
        time.sleep(2)
        os.kill(web, signal.SIGKILL)
        wait("another one", lambda: "metrics ended" in g.said() and page()[0] == 200)
        web = web_process(g)
        g.signal(signal.SIGKILL)
        wait("it is gone", lambda: not is_there(web))


# --- read again -------------------------------------------------------------------------------------

def change_site(old, new):
    with open(SITE, encoding="utf-8") as f:
        before = f.read()
    check(old in before, f"not in the site: {old}")
    with open(SITE, "w", encoding="utf-8") as f:
        f.write(before.replace(old, new))
    return before


def restore_site(text):
    with open(SITE, "w", encoding="utf-8") as f:
        f.write(text)


@case
def read_again_with_an_open_session():
    control = f"{FOLDER}/control"
    with Gateway(SITE, "--device", "F", "--control", control) as g, Client() as old:
        first = g.worker()
        data = old.large()
        before = change_site("run_as: proxy", "run_as: proxy\n      deny: [MDTM]")
        try:
            g.signal(signal.SIGHUP)
            wait("a second worker", lambda: "read again" in g.said())
            check(len(g.workers()) == 2, f"workers: {g.workers()}")
            # The old one takes clients until its signal has come.
            wait("the old worker drains", lambda: any(w["draining"] for w in status_of(control)["workers"]))
            with Client() as new:
                check(new.size("large") == LARGE, "the new session does not work")
                try:
                    new.sendcmd("MDTM large")
                    check(False, "the new session has the old rules")
                except ftplib.error_perm:
                    pass
            check(len(read_all(data)) > LARGE - (1 << 20), "the transfer broke off")
            old.voidresp()
            check(old.sendcmd("MDTM large").startswith("213"), "the old session has the new rules")
            old.quit()
            wait("the old worker is gone", lambda: first not in g.workers())
            g.worker()
        finally:
            restore_site(before)


@case
def read_again_when_it_is_wrong():
    with Gateway() as g, Client() as c:
        first, said = g.worker(), g.said()
        before = change_site("placement: explicit", "placement: elsewhere")
        try:
            g.signal(signal.SIGHUP)
            wait("a message", lambda: len(g.said()) > len(said))
            time.sleep(0.2)
            lines = g.said()[len(said):].splitlines()
            check(sum("elsewhere" in line for line in lines) == 1, f"said: {lines}")
            check(sum("not read again" in line for line in lines) == 1, f"said: {lines}")
            check(g.worker() == first, "another worker")
            check(c.size("large") == LARGE, "the session does not go on")
            with Client() as new:
                check(new.size("large") == LARGE, "nobody is let in")
        finally:
            restore_site(before)


# --- the service manager ----------------------------------------------------------------------------

@case
def service_manager():
    """It opens the port, and is told what happens (sd_listen_fds(3), sd_notify(3))."""
    manager = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    manager.bind(f"{FOLDER}/notify")
    manager.settimeout(WAIT_S)
    port = socket.create_server(("10.20.0.1", 21))

    def give():
        os.dup2(port.fileno(), 3)  # the manager's own socket is there, so nobody else's
        os.set_inheritable(3, True)
        os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="1", NOTIFY_SOCKET=f"{FOLDER}/notify")

    def hears(pattern):
        said = manager.recv(1000).decode()
        check(re.fullmatch(pattern, said), f"the manager hears {said!r}, not {pattern}")

    with Gateway(before=give) as g:
        hears("READY=1")
        with Client() as c:
            check(c.fetch("small file") == small(), "the file is another")
        for _ in range(2):  # it takes the port over to the next worker
            g.signal(signal.SIGHUP)
            hears(r"RELOADING=1\nMONOTONIC_USEC=\d+")
            hears("READY=1")
            with Client() as c:
                check(c.fetch("small file") == small(), "the file is another")
        g.signal(signal.SIGTERM)
        hears("STOPPING=1")
        check(g.ends() == 0, f"exit {g.process.returncode}")
        check(not is_closed(), "the manager's port is closed")
    port.close()


# --- its end ----------------------------------------------------------------------------------------

def is_closed(port=21):
    try:
        socket.create_connection(("10.20.0.1", port), WAIT_S, (CLIENT, 0)).close()
    except ConnectionRefusedError:
        return True
    return False


@case
def ends_what_it_has():
    with Gateway() as g, Client() as c:
        data = c.large()
        g.signal(signal.SIGTERM)
        wait("nobody is let in", is_closed)
        check(g.process.poll() is None, "it ended at once")
        check(len(read_all(data)) > LARGE - (1 << 20), "the transfer broke off")
        c.voidresp()
        c.quit()
        check(g.ends() == 0, f"exit {g.process.returncode}")
        nothing_is_left()


@case
def read_again_when_a_port_is_taken():
    """Nothing is half done: where the last listener cannot be opened, the first ones are not."""
    with Gateway() as g, socket.create_server(("2001:db8:20::1", 2121), family=socket.AF_INET6):
        first = g.worker()
        before = change_site("listen: 21", "listen: 2121")
        try:
            g.signal(signal.SIGHUP)
            wait("a message", lambda: "not read again" in g.said())
            check("2001:db8:20::1 port 2121" in g.said(), g.said())
            check(is_closed(2121), "somebody is kept waiting")
            os.kill(first, signal.SIGKILL)
            wait("a new worker", lambda: g.workers() not in ([], [first]), 3)
            check(is_closed(2121), "the old rules hold on the new port")
            with Client() as c:
                check(c.size("large") == LARGE, "nobody is let in")
        finally:
            restore_site(before)


@case
def read_again_on_another_port():
    with Gateway() as g, Client() as old:
        first = g.worker()
        before = change_site("listen: 21", "listen: 2121")
        try:
            g.signal(signal.SIGHUP)
            wait("a second worker", lambda: "read again" in g.said())
            wait("the old port is closed", is_closed)
            check(not is_closed(2121), "the new port is not open")
            check(old.size("large") == LARGE, "the old session does not go on")
            old.quit()
            wait("the old worker is gone", lambda: first not in g.workers())
        finally:
            restore_site(before)


@case
def ends_what_is_ending():
    """Told to end once, what was read again before is not cut off either."""
    with Gateway() as g, Client() as c:
        data = c.large()
        g.signal(signal.SIGHUP)
        wait("a second worker", lambda: "read again" in g.said())
        g.signal(signal.SIGTERM)
        wait("one worker", lambda: len(g.workers()) == 1)
        check(len(read_all(data)) > LARGE - (1 << 20), "the transfer broke off")
        c.voidresp()
        c.quit()
        check(g.ends() == 0, f"exit {g.process.returncode}")


@case
def ends_at_once_the_second_time():
    with Gateway() as g, Client() as c:
        data = c.large()
        g.signal(signal.SIGTERM)
        wait("nobody is let in", is_closed)
        g.signal(signal.SIGTERM)
        g.ends(2)
        check(is_reset(data), "the client does not see a reset")
        check(has_ended(c), "the conversation goes on")
        nothing_is_left()


@case
def first_process_killed():
    redirect = ["--listen", "10.20.0.1:2121", "--transparent", "--allow", f"any={SERVER}"]
    with Gateway(*redirect) as transparent:
        check(run("nft", "list", "ruleset"), "a transparent gateway without a rule")
        with Gateway() as g, Client() as c:
            data, workers = c.large(), g.workers() + transparent.workers()
            g.signal(signal.SIGKILL)
            transparent.signal(signal.SIGKILL)
            check(is_reset(data), "the client does not see a reset")
            check(has_ended(c), "the conversation goes on")
            wait("the workers are gone", lambda: not any(is_there(w) for w in workers), 2)
    nothing_is_left()
    with Gateway(), Client() as c:
        check(c.size("large") == LARGE, "it does not begin again")


@case
def worker_killed():
    with Gateway() as g, Client() as c:
        data, worker = c.large(), g.worker()
        os.kill(worker, signal.SIGKILL)
        check(is_reset(data), "the client does not see a reset")
        check(has_ended(c), "the conversation goes on")
        wait("a new worker", lambda: g.workers() not in ([], [worker]), 2)
        check("worker died: signal 9" in g.said(), g.said())
        with Client() as new:
            check(new.fetch("small file") == small(), "the new one does not work")


@case
def told_to_end_when_a_worker_has_died():
    """Before another one has begun."""
    with Gateway() as g:
        os.kill(g.worker(), signal.SIGKILL)
        wait("the worker is gone", lambda: "worker died" in g.said())
        g.signal(signal.SIGTERM)
        check(g.ends() == 0, f"exit {g.process.returncode}")
    nothing_is_left()


# --- descriptors ------------------------------------------------------------------------------------

def few():
    resource.setrlimit(resource.RLIMIT_NOFILE, (40, 40))


@case
def descriptors_run_out():
    with Gateway(before=few) as g:
        clients, why = [], None
        while not why and len(clients) < 40:
            try:
                clients.append(Client())
            except (ftplib.error_temp, ftplib.error_perm) as e:
                why = str(e)
        check(why and why.startswith("421"), f"refused with {why}")
        refused = None
        strangers = []
        while not refused and len(strangers) < 10:  # who has the last descriptor stays without a server
            strangers.append(socket.create_connection(("10.20.0.1", 21), WAIT_S, (CLIENT, 0)))
            word = strangers[-1].recv(100)
            refused = word if word.startswith(b"421") else None
        check(refused, "everybody is let in")
        check("no descriptor is left" in g.told(), "nothing is told of it")
        for s in strangers:
            s.close()
        for c in clients:
            check(c.size("large") == LARGE, "another session is disturbed")
        for c in clients[:4]:
            c.quit()
        check(clients[4].fetch("small file") == small(), "no transfer later")
        with Client() as c:
            check(c.size("large") == LARGE, "nobody is let in later")
        check(not [line for line in g.said().splitlines() if line != "ready"], g.said())


def main():
    failed = 0
    for function in CASES:
        name = function.__name__.replace("_", "-")
        if len(sys.argv) > 4 and name not in sys.argv[4:]:
            continue
        begun = time.monotonic()
        try:
            function()
            print(f"ok {name} ({time.monotonic() - begun:.1f} s)", flush=True)
        except (AssertionError, OSError, EOFError, ftplib.Error, subprocess.SubprocessError) as e:
            failed += 1
            print(f"FAIL {name}: {type(e).__name__}: {e} (line {e.__traceback__.tb_next.tb_lineno})", flush=True)
    return failed > 0


sys.exit(main())
