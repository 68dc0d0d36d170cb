"""ftp_talk.py: what the cases of ftp_corners.py are written in. A script is one thread that holds both ends, the client
and the server, and takes them in turn: who speaks next is never a matter of chance. Many run at once."""
import collections
import concurrent.futures
import re
import select
import socket
import struct
import threading
import time

WAIT_S = 2  # for anything that must come
QUIET_S = 0.25  # for what must not
AT_ONCE = 12  # cases
SOME = b"some bytes of a file\r\n" * 50
MUCH = bytes(range(256)) * 16384  # more than buffers of the kernel hold at first
RESET = struct.pack("ii", 1, 0)

CASES = []


class Seen(Exception):
    """What was seen instead."""


class OtherMode(Seen):
    """The gateway speaks with the server in another mode than the case is about."""


Case = collections.namedtuple("Case", "name function word login gate needs")


def case(each=(None,), login=None, gate=False, needs=None):
    """A case, or one for each word. login: only there. gate: a gateway decides it, and nothing but a gateway. needs:
    only with that option."""
    def register(function):
        for word in each:
            name = function.__name__.replace("_", "-") + (f"/{word}" if word is not None else "")
            CASES.append(Case(name, function, word, login, gate, needs))
        return function
    return register


def check(holds, words):
    if not holds:
        raise Seen(words)


def short(text):
    return repr(text if len(text) < 120 else f"{text[:80]}... ({len(text)} bytes)")


# --- one end of a control connection ----------------------------------------------------------------

class Wire:
    """Bytes are str, one character each."""

    def __init__(self, sock, who, log):
        self.sock, self.who, self.log, self.rest = sock, who, log, b""
        sock.settimeout(WAIT_S)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_OOBINLINE, 1)

    def send(self, text, end="\r\n"):
        self.log.append(f"{self.who} says {short(text + end)}")
        self.sock.sendall((text + end).encode("latin-1"))

    def more(self):
        """False: the stream has ended."""
        try:
            came = self.sock.recv(65536)
        except socket.timeout:
            raise Seen(f"the {self.who} is told nothing in {WAIT_S} s, or half: {short(self.rest)}") from None
        except OSError as e:
            raise Seen(f"the {self.who}: {e.strerror}") from None
        self.rest += came
        return bool(came)

    def line(self):
        while b"\n" not in self.rest:
            check(self.more(), f"the {self.who}'s control connection is closed")
        line, self.rest = self.rest.split(b"\n", 1)
        text = line.rstrip(b"\r").decode("latin-1")
        self.log.append(f"{self.who} is told {short(text)}")
        return text

    def reply(self):
        lines = [self.line()]
        while not re.match(lines[0][:3] + "( |$)", lines[-1]):
            lines.append(self.line())
        return "\n".join(lines)

    def wants(self, *beginnings):
        """The next line, or the next reply, begins with one of these."""
        said = self.reply() if beginnings[0][:1].isdigit() else self.line()
        check(said.startswith(beginnings), f"the {self.who} is told {short(said)}, not {' or '.join(beginnings)}")
        return said

    def is_refused(self):
        return self.wants("4", "5")

    def quiet(self, seconds=QUIET_S):
        if not self.rest and select.select([self.sock], [], [], seconds)[0]:
            self.more()
        check(not self.rest, f"the {self.who} is told {short(self.rest)}")

    def ends(self):
        """The connection is over, in order or not."""
        try:
            while self.more():
                pass
        except Seen as e:
            if "told nothing" in str(e):
                raise Seen(f"the {self.who}'s control connection stays open") from None

    def reset(self):
        reset(self.sock)


def reset(sock):
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    sock.close()


def read_all(sock, expected=None):
    """The bytes, and how they ended: "end" or "reset"."""
    came = bytearray()
    sock.settimeout(WAIT_S)
    try:
        while True:
            some = sock.recv(1 << 20)
            if not some:
                return bytes(came), "end"
            came += some
    except socket.timeout:
        raise Seen(f"a data connection stays open after {len(came)} bytes") from None
    except OSError:
        return bytes(came), "reset"


def numbers(address, port):
    return ",".join(address.split(".") + [str(port >> 8), str(port & 255)])


# --- a conversation ---------------------------------------------------------------------------------

class Talk:
    """c: the client, s: the server. Data connections: cd and sd, once they are open."""
    one_by_one = threading.Lock()  # a server that all cases share: who dials is who comes
    shared = None

    def __init__(self, args):
        self.args, self.log, self.sockets = args, [], []
        self.client, self.server, self.thief = args.addresses.split(",")
        self.c = self.s = self.cd = self.sd = self.port = self.waiting = None
        self.server_waits = self.server_dials = None  # the server's listener, or where it dials
        if args.login == "plain" and not args.direct:
            self.door = Talk.shared
        else:
            self.door = self.listen("::1" if ":" in self.server else self.server)
        self.at = self.door.getsockname()[:2]
        self.peer = self.at if args.direct else args.gateway

    def keep(self, sock):
        self.sockets.append(sock)
        sock.settimeout(WAIT_S)
        return sock

    def close(self):
        for s in self.sockets:
            s.close()

    # sockets

    def listen(self, address, port=0):
        return self.keep(socket.create_server((address, port), family=socket.AF_INET6 if ":" in address else
                                              socket.AF_INET))

    def dial(self, address, port, source=None):
        try:
            return self.keep(socket.create_connection((address, port), WAIT_S, (source, 0) if source else None))
        except OSError as e:
            raise Seen(f"no connection to {address} port {port}: {e}") from None

    def dial_again(self, address, port, source):
        """So that its own port may be listened on, too."""
        sock = self.keep(socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET))
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind((source, 0))
            sock.connect((address, port))
        except OSError as e:
            raise Seen(f"no connection to {address} port {port}: {e}") from None
        return sock

    def accept(self, listener, who):
        try:
            return self.keep(listener.accept()[0])
        except socket.timeout:
            raise Seen(f"nobody dials the {who} in {WAIT_S} s") from None

    def is_closed(self, port, why):
        """Nobody listens at that port of whom the client speaks with."""
        try:
            self.keep(socket.create_connection((self.peer[0], port), WAIT_S, (self.client, 0)))
        except OSError:
            return
        raise Seen(f"port {port} is open: {why}")

    # who begins

    def meet(self):
        """Both are connected, as far as the placement lets them; nothing is said by the server."""
        with Talk.one_by_one:
            self.c = Wire(self.dial_again(*self.peer, self.client), "client", self.log)
            if self.args.login == "plain" or self.args.direct:
                self.meet_server()

    def meet_server(self):
        self.s = Wire(self.accept(self.door, "server"), "server", self.log)

    def greet(self, greeting="220 Ready", user="anna"):
        """Up to the server's USER. What the client is told of the greeting."""
        self.meet()
        told = None
        if not self.s:
            self.c.wants("220")
            self.c.send(f"USER {user}@{self.at[0] if ':' not in self.at[0] else '[' + self.at[0] + ']'}:{self.at[1]}")
            self.meet_server()
            self.s.send(greeting)
        else:
            self.s.send(greeting)
            told = self.c.reply()
            self.c.send(f"USER {user}")
        self.s.wants(f"USER {user}")
        return told

    def login(self):
        self.greet()
        self.s.send("331 Password?")
        self.c.wants("331")
        self.c.send("PASS secret")
        self.s.wants("PASS secret")
        self.s.send("230 In")
        self.c.wants("230")
        return self.c, self.s

    def passes(self, command, reply, told=None):
        """The server is told the command, the client the reply."""
        self.c.send(command)
        said = self.s.line()
        check(said == (told or command), f"the server is told {short(said)}")
        self.s.send(reply)
        got = self.c.reply()
        check(got == reply.replace("\r\n", "\n"), f"the client is told {short(got)}, not {short(reply)}")

    def passes_on_quit(self):
        self.s.wants("QUIT")
        self.s.send("221 Bye")
        self.s.sock.close()
        self.c.wants("221")
        self.c.ends()

    def is_ours(self, command, *codes):
        """The gateway answers, and the server hears nothing of it."""
        self.c.send(command)
        self.c.wants(*codes)
        self.s.quiet()

    def in_step(self):
        self.passes("PWD", '257 "/here" it is')

    # data connections

    def agree(self, answer=None, slowly=False):
        """The server does what it is asked: it waits, or will dial. answer(address, port): its own words for 227;
        slowly: a byte at a time."""
        command = self.s.line()
        word, _, arg = command.partition(" ")
        word = word.upper()
        if word in ("PASV", "EPSV"):
            self.server_waits = self.listen(self.at[0])
            port = self.server_waits.getsockname()[1]
            usual = f"227 Passive ({numbers(self.at[0], port)})" if word == "PASV" else f"229 Passive (|||{port}|)"
            said = answer(self.at[0], port) if answer else usual
            for part in said if slowly else [said]:
                self.s.send(part, end="")
                time.sleep(0.002 if slowly else 0)
            self.s.send("")
        else:
            check(word in ("PORT", "EPRT"), f"the server is told {short(command)}")
            if answer:
                raise OtherMode(f"the server is told {short(command)}")
            self.server_waits = None
            if word == "PORT":
                n = arg.split(",")
                self.server_dials = ".".join(n[:4]), int(n[4]) * 256 + int(n[5])
            else:
                n = arg.split(arg[:1])
                self.server_dials = n[2], int(n[3])
            self.s.send("200 Will do")
        return word

    def told_port(self):
        """The client's 227 or 229."""
        said = self.c.wants("227", "229")
        if said.startswith("229"):
            found = re.search(r"\(\|\|\|(\d+)\|\)", said)
            check(found, f"the client is told {said}")
            self.port = int(found[1])
        else:
            found = re.match(r"227 [^\n]*\((\d+,\d+,\d+,\d+),(\d+),(\d+)\)", said)
            check(found, f"the client is told {said}")
            self.port = int(found[2]) * 256 + int(found[3])
            check(found[1].replace(",", ".") == self.peer[0], f"the client is sent elsewhere: {said}")
        return self.port

    def passive(self, command="PASV", answer=None, slowly=False):
        self.waiting = None
        self.c.send(command)
        self.agree(answer, slowly)
        return self.told_port()

    def active(self, form="PORT NUMBERS"):
        self.waiting = self.listen(self.client)
        port = self.waiting.getsockname()[1]
        form = form.replace("NUMBERS", numbers(self.client, port)).replace("NUMBER", str(port))
        self.c.send(form.replace("ADDRESS", self.client))
        self.agree()
        self.c.wants("200")

    def prepare(self, mode):
        if mode == "active":
            self.active()
        else:
            self.passive()

    def client_opens(self):
        if self.waiting:
            self.cd = self.accept(self.waiting, "client")
        else:
            self.cd = self.dial(self.peer[0], self.port, self.client)
        return self.cd

    def server_opens(self):
        if self.server_waits:
            self.sd = self.accept(self.server_waits, "server's data port")
        else:
            self.sd = self.dial(*self.server_dials, self.at[0])
        return self.sd

    def begin(self, command, first="150 Here it comes"):
        """A transfer is under way, and both data connections stand."""
        if not self.waiting:
            self.client_opens()
        self.c.send(command)
        self.s.wants(command)
        self.server_opens()
        self.s.send(first)
        if self.waiting:
            self.client_opens()
        self.c.wants(first[:3])

    def sends(self, data, to=None):
        sock = to or self.sd
        try:
            sock.sendall(data)
        except OSError as e:
            raise Seen(f"data cannot be sent: {e}") from None

    def sends_all(self, data, to=None, ends=True):
        """Beside the script: more than buffers hold; and its end."""
        sock = to or self.sd

        def send():
            try:
                sock.sendall(data)
                if ends:
                    sock.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the other end sees it
        sock.settimeout(10)
        thread = threading.Thread(target=send)
        thread.start()
        return thread

    def client_gets(self, data, how="end"):
        self.gets("client", self.cd, data, how)

    def server_gets(self, data, how="end"):
        self.gets("server", self.sd, data, how)

    def gets(self, who, sock, data, how):
        came = read_all(sock)
        check(came[1] == how and (data is None or came[0] == data),
              f"the {who} gets {len(came[0])} bytes and the {came[1]}, not {len(data or '')} and the {how}")

    def completes(self, data=SOME):
        """The rest of a download that is under way."""
        self.sends(data)
        self.sd.close()
        self.s.send("226 Done")
        self.client_gets(data)
        self.c.wants("226")

    def download(self, data=SOME, command="RETR file"):
        self.begin(command)
        self.completes(data)


# --- the run ----------------------------------------------------------------------------------------

def run_one(args, entry):
    """"ok", "FAIL" or "skip"; what was seen; and what was said."""
    t = Talk(args)
    try:
        entry.function(t) if entry.word is None else entry.function(t, entry.word)
        return "ok", None, t.log
    except OtherMode as e:
        return "skip" if args.converts else "FAIL", str(e), t.log
    except Seen as e:
        return "FAIL", str(e), t.log
    except OSError as e:
        return "FAIL", f"line {e.__traceback__.tb_next.tb_lineno}: {e}", t.log
    finally:
        t.close()


def judge(args, entry):
    """The same; without a gateway what one decides must fail."""
    verdict, seen, log = run_one(args, entry)
    if not args.direct or not entry.gate:
        return verdict, seen, log
    if verdict == "ok":
        return "FAIL", "it passes without a gateway: it would prove nothing", log
    return "ok", None, log


def shown(name):
    name = name if len(name) < 90 else name[:80] + "..."
    return name.encode("unicode_escape").decode()


def is_wanted(args, entry):
    if args.direct and (entry.needs or entry.login == "explicit"):
        return False
    if entry.needs and not getattr(args, entry.needs):
        return False
    return entry.login in (None, args.login) and entry.name.startswith(args.only)


def run_all(args):
    """Prints a line a case, and how many failed. Did all go well?"""
    if args.login == "plain" and not args.direct:
        Talk.shared = socket.create_server(args.server)
        Talk.shared.settimeout(WAIT_S)
    # Who waits long begins first.
    wanted = sorted((e for e in CASES if is_wanted(args, e)), key=lambda e: not e.needs)
    count = collections.Counter()
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE * (4 if args.direct else 1)) as pool:
        for entry, (verdict, seen, log) in zip(wanted, pool.map(lambda e: judge(args, e), wanted)):
            count[verdict] += 1
            print(f"{verdict} {shown(entry.name)}" + (f": {seen}" if seen else ""), flush=True)
            if verdict == "FAIL" and args.v:
                print("".join(f"    {line}\n" for line in log), end="")
    print(f"{len(wanted)} cases, {count['FAIL']} failed, {count['skip']} of another mode")
    return bool(wanted) and not count["FAIL"]
