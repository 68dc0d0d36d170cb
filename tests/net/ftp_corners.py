#!/usr/bin/env python3
"""ftp_corners.py [OPTIONS] GATEWAY:PORT: the corner cases of FTP, each with a client and a server that keep to a
script, and the gateway between them. One line a case, "ok NAME", "FAIL NAME: what was seen" or "skip NAME: why";
status 1 where one failed.

    --login explicit    the client says the server itself, as user@host:port (the default)
    --login plain       the gateway stands before one server: --server ADDRESS:PORT, where this program listens
    --direct            no gateway: what any gateway has to pass on must pass, and what a gateway decides must fail;
                        so the cases themselves are seen to be able to do both
    --converts          the gateway speaks with the server in a mode of its own: what needs the client's is left out
    --addresses A,B,C   of the client, of the server, and of somebody who is neither
    --patience N        the gateway's patience with data connections that do not come, in seconds; 0: those cases not
    --gateway6 [A]:PORT the same gateway over IPv6: then clients come so, too
    --without-port      the gateway lets clients be active without PORT
    --idle N            the same with conversations, and with transfers that nobody takes
    --transfers N       of the one case that makes many
    --only WORDS        the cases whose names begin so; -v: what was said in those that fail
"""
import argparse
import select
import socket
import sys
import time

sys.dont_write_bytecode = True
from ftp_talk import (MUCH, QUIET_S, SOME, WAIT_S, OtherMode, Seen, case, check, numbers, read_all, reset,
                       # noqa: E402
                      run_all, short)

MODES = ("passive", "active")

# --- login ------------------------------------------------------------------------------------------


@case()
def greeting_of_many_lines(t):
    told = t.greet("220-Welcome\r\n 220 not yet\r\n226 nor that\r\n220 Ready")
    check(told is None or told.count("\n") == 3, f"the client is told {short(told or '')}")


@case()
def greeting_that_refuses(t):
    t.meet()
    if not t.s:
        t.c.wants("220")
        t.c.send(f"USER anna@{t.at[0]}:{t.at[1]}")
        t.meet_server()
    t.s.send("421 Come again")
    t.s.sock.close()
    t.c.wants("421")
    t.c.ends()


@case()
def greeting_that_delays(t):
    t.meet()
    if not t.s:
        t.c.wants("220")
        t.c.send(f"USER anna@{t.at[0]}:{t.at[1]}")
        t.meet_server()
        t.s.send("120 In a minute\r\n220 Ready")
    else:
        t.s.send("120 In a minute\r\n220 Ready")
        t.c.wants("120")
        t.c.wants("220")
        t.c.send("USER anna")
    t.s.wants("USER anna")


@case()
def login_without_password(t):
    t.greet()
    t.s.send("230 In")
    t.c.wants("230")
    t.in_step()


@case()
def login_with_account(t):
    t.greet()
    t.s.send("331 Password?")
    t.c.wants("331")
    t.passes("PASS x", "332 Account?")
    t.passes("ACCT y", "230 In")
    t.passive()
    t.download()


@case()
def login_again_after_a_failure(t):
    t.greet()
    t.s.send("331 Password?")
    t.c.wants("331")
    t.passes("PASS no", "530 No")
    t.c.send("USER anna" if t.args.direct or t.args.login == "plain" else f"USER anna@{t.at[0]}:{t.at[1]}")
    t.s.wants("USER anna")
    t.s.send("230 In")
    t.c.wants("230")
    t.in_step()


@case(gate=True, each=("PASV", "EPSV", "LIST", "RETR x", "STOR x", "DELE x", "SITE CHMOD 1 x",
                       "PORT 127,0,0,4,200,1"))
def before_the_login(t, command):
    t.greet()
    t.s.send("331 Password?")
    t.c.wants("331")
    t.is_ours(command, "5")


@case(gate=True, each=("GET / HTTP/1.1", "POST / HTTP/1.0", "OPTIONS * HTTP/1.1", "CONNECT x:1 HTTP/1.1", "EHLO me"))
def another_protocol_first(t, words):
    t.meet()
    if t.s:
        t.s.send("220 Ready")
    t.c.wants("220")
    t.c.send(words + "\r\nHost: x\r\n\r\nUSER anna\r\nPORT 127,0,0,4,200,1")
    t.c.ends()
    if t.s:
        t.s.ends()
        check(not t.s.rest, f"the server is told {short(t.s.rest)}")


@case(login="explicit", gate=True)
def user_without_a_server(t):
    t.meet()
    t.c.wants("220")
    t.c.send("USER anna")
    t.c.wants("530")


@case(login="explicit")
def user_with_two_ats(t):
    t.greet(user="anna@home.example")
    t.s.send("230 In")
    t.c.wants("230")


@case(login="explicit", each=("anna@", "@", "anna@[::1", "anna@[::1]x", "anna@127.0.0.2:", "anna@127.0.0.2:0",
                              "anna@127.0.0.2:70000", "anna@127.0.0.2:21x", "x" * 300 + "@127.0.0.2"), gate=True)
def user_malformed(t, user):
    t.meet()
    t.c.wants("220")
    t.c.send(f"USER {user}")
    t.c.wants("50", "53")
    t.c.send("NOOP")
    t.c.wants("2")


@case(login="explicit", gate=True, each=("itself", "itself by name", "another address of its own", "zeros", "near",
                                         "multicast", "mapped", "beside the rules"))
def user_at_what_is_no_server(t, where):
    port = t.peer[1]
    host = {"itself": t.peer[0], "itself by name": "localhost", "another address of its own": t.client,
            "zeros": "0.0.0.0", "near": "169.254.1.1", "multicast": "224.0.0.1", "mapped": f"[::ffff:{t.peer[0]}]",
            "beside the rules": "192.0.2.1"}[where]
    t.meet()
    t.c.wants("220")
    t.c.send(f"USER anna@{host}:{port}")
    t.c.wants("530")
    if t.s:
        t.s.quiet()


@case(login="explicit", gate=True)
def user_at_a_closed_port_then_at_the_server(t):
    closed = t.listen(t.server)
    port = closed.getsockname()[1]
    closed.close()
    t.meet()
    t.c.wants("220")
    t.c.send(f"USER anna@{t.server}:{port}")
    t.c.is_refused()
    t.c.send(f"USER anna@{t.at[0]}:{t.at[1]}")
    t.meet_server()
    t.s.send("220 Ready")
    t.s.wants("USER anna")


@case(login="explicit", gate=True)
def user_at_another_server_later(t):
    t.login()
    t.is_ours(f"USER anna@{t.thief}:{t.at[1]}", "503")


@case(login="explicit", gate=True)
def server_over_ipv6_hears_no_pasv(t):
    t.door = t.listen("::1")
    t.at = ("::1", t.door.getsockname()[1])
    t.login()
    t.c.send("PASV")
    word = t.agree()
    check(word in ("EPSV", "EPRT"), f"the server is asked for {word}")
    t.told_port()
    t.download()
    t.c.send("PASV")
    while t.s.rest or select.select([t.s.sock], [], [], QUIET_S)[0]:
        t.s.wants("EPSV", "EPRT")
        t.s.send("500 What?")
    t.c.is_refused()


@case(gate=True)
def host_after_user(t):
    t.login()
    t.is_ours("HOST ftp.example", "503")


@case(login="plain")
def host_before_user(t):
    t.meet()
    t.s.send("220 Ready")
    t.c.wants("220")
    t.passes("HOST ftp.example", "220 That one")


@case(gate=True)
def rein(t):
    t.login()
    t.is_ours("EPSV ALL", "200")
    t.passes("REIN", "220 Anew")
    t.is_ours("PASV", "530")
    t.passes("USER bert", "331 Password?")
    t.passes("PASS x", "230 In")
    t.passive()
    t.download()


@case(gate=True)
def auth_tls_with_words_behind(t):
    c, s = t.login()
    c.send("AUTH TLS\r\nUSER mallory\r\nPASS x")
    c.wants("5")
    said = s.line()
    check(not said.startswith("AUTH"), "AUTH is passed on")


@case(gate=True, each=("AUTH TLS", "AUTH SSL", "auth tls-c", "PBSZ 0", "PROT P", "CCC"))
def tls_is_refused(t, command):
    t.login()
    t.is_ours(command, "5")
    t.in_step()


# --- commands ---------------------------------------------------------------------------------------

@case(each=("SYST", "TYPE I", "TYPE A", "TYPE L 8", "MODE S", "MODE Z", "STRU F", "ALLO 100", "MDTM a", "SIZE a",
            "MLST a",
            "OPTS UTF8 ON", "CWD ..", "CDUP", "MKD a b", "RNFR -a", "RNTO a'b\"c", "DELE 100%", "STAT", "STAT a",
            "HELP", "SITE CHMOD 600 a", "SITE UTIME x", "NOOP", "mdtm  a ", "LANG de", "MFMT 20200101000000 a",
            "XPWD", "CWD /" + "d" * 4000))
def passed_on_as_it_is(t, command):
    t.login()
    t.passes(command, "250 Good")


@case(gate=True, each=("SITE EXEC id", "SITE CPFR /etc/passwd", "SITE CPTO x", "site  exec id", "MODE B", "MODE C",
                       "STRU R",
                       "STRU P", "XYZZY", "P@SW", "X" * 2000))
def not_passed_on(t, command):
    t.login()
    t.is_ours(command, "5")
    t.in_step()


@case(each=("REST 100", "REST 2147483649", "REST 9223372036854775808", "TYPE I"))
def before_pasv(t, command):
    t.login()
    t.passes(command, "350 From there")
    t.passive()
    t.download()


@case(each=MODES)
def rest_before_the_transfer(t, mode):
    t.login()
    t.prepare(mode)
    t.passes("REST 100", "350 From there")
    t.download()


@case(each=("na\xc3\xafve \xe2\x82\xac", "\xe4\xf6\xfc", "a\xff\xffb", " a", "a ", "-l", "a'b\"c", "../..", "%s%n",
            "\x01\x7f\x9b",
            "227 (127,0,0,4,1,1)", "a\tb", "PASV"))
def names(t, name):
    t.login()
    t.passive()
    t.begin(f"RETR {name}")
    t.completes()


@case(gate=True, each=("RETR a\0b", "RETR a\rb", "RETR a\r\0", "\0PWD", "PWD\r", "PASS a\0", "\0"))
def nul_and_bare_cr(t, line):
    t.login()
    t.is_ours(line, "50")
    t.in_step()


@case(gate=True)
def empty_lines(t):
    t.login()
    for line in ("", " ", "\t"):
        t.is_ours(line, "5")
    t.in_step()


@case()
def bare_lf(t):
    c, s = t.login()
    c.send("PWD", end="\n")
    s.wants("PWD")
    s.send('257 "/"', end="\n")
    c.wants("257")


@case(gate=True, each=(5000, 65536, 1 << 20))
def command_too_long(t, n):
    t.login()
    t.is_ours("CWD " + "x" * n, "5")
    t.in_step()
    t.is_ours("x" * n, "5")
    t.in_step()


@case()
def bytewise_client(t):
    c, s = t.login()
    for char in "PWD\r\n":
        c.send(char, end="")
        time.sleep(0.005)
    s.wants("PWD")
    s.send("257 /")
    c.wants("257")


@case()
def bytewise_server(t):
    c, s = t.login()
    c.send("STAT")
    s.wants("STAT")
    for char in "211-a\r\n b\r\n211 c\r\n":
        s.send(char, end="")
        time.sleep(0.005)
    check(c.wants("211").count("\n") == 2, "the lines are not the same")


@case()
def bytewise_227(t):
    t.login()
    t.passive(slowly=True)
    t.download()


@case()
def pipelined_commands(t):
    c, s = t.login()
    c.send("PWD\r\nSYST\r\nTYPE I\r\nSIZE a")
    for word in ("PWD", "SYST", "TYPE I", "SIZE a"):
        s.wants(word)
        s.send(f"200 of {word}")
    for word in ("PWD", "SYST", "TYPE I", "SIZE a"):
        c.wants(f"200 of {word}")


@case()
def pipelined_pasv_and_retr(t):
    t.login()
    t.waiting = None
    t.c.send("TYPE I\r\nPASV\r\nRETR file")
    t.s.wants("TYPE I")
    t.s.send("200 I")
    t.c.wants("200")
    t.agree()
    t.told_port()
    t.s.wants("RETR file")
    t.client_opens()
    t.server_opens()
    t.s.send("150 Here")
    t.c.wants("150")
    t.completes()


@case()
def pipelined_and_not_read(t):
    c, s = t.login()
    n = 3000
    c.send("\r\n".join(["NOOP"] * n))
    for i in range(n):
        check(s.line() == "NOOP", "another command")
        s.sock.sendall(b"200 %d %s\r\n" % (i, b"x" * 40))
    for i in range(n):
        c.wants(f"200 {i} ")


@case(gate=True)
def nothing_behind_quit(t):
    c, s = t.login()
    c.send("QUIT\r\nDELE a\r\nDELE b")
    s.wants("QUIT")
    s.send("221 Bye")
    s.sock.shutdown(socket.SHUT_WR)
    c.wants("221")
    c.ends()
    s.ends()
    check(not s.rest, f"the server is told {short(s.rest)}")


@case()
def client_ends_its_stream_behind_quit(t):
    c, s = t.login()
    c.send("PWD\r\nQUIT")
    c.sock.shutdown(socket.SHUT_WR)
    s.wants("PWD")
    s.send("257 /")
    s.wants("QUIT")
    s.send("221 Bye")
    c.wants("257")
    c.wants("221")


@case(gate=True, each=("\xff\xfb\x06PWD", "P\xff\xfd\x01WD", "\xff\xfa\x18abc\xff\xf0PWD", "\xff\xf1PWD\xff\xf9",
                       "\xff\xf4\xff\xf2PWD"))
def telnet_words(t, line):
    c, s = t.login()
    c.send(line)
    said = s.line()
    check(said == "PWD", f"the server is told {short(said)}")
    s.send("257 /")
    check(c.line() == "257 /", "the reply is not the same")
    c.quiet()


@case(gate=True)
def telnet_words_in_parts(t):
    c, s = t.login()
    for part in ("\xff", "\xfb", "\x06P\xff", "\xfaxy\xff", "\xf0WD\r", "\n"):
        c.send(part, end="")
        time.sleep(0.02)
    said = s.line()
    check(said == "PWD", f"the server is told {short(said)}")


@case(gate=True, each=("DELE fi", "x" * 3000))
def half_a_line(t, words):
    c, s = t.login()
    c.send(words, end="")
    time.sleep(0.05)
    c.sock.close()
    s.ends()
    check(not s.rest, f"the server is told {short(s.rest)}")


@case()
def user_again(t):
    t.login()
    t.passes("USER anna", "331 Password?")
    t.passes("PASS x", "230 In")
    t.passive()
    t.download()


# --- replies ----------------------------------------------------------------------------------------

@case(each=("214-Help\r\n227 (127,0,0,4,200,1)\r\n229 (|||51201|)\r\n226 no\r\n  214 nor that\r\n2144 no\r\n214 End",
            "211-" + "x\r\n " * 200 + "\r\n211 End", "250 " + "y" * 4000, "250-\r\n250", "550", '257 "a""b" is it',
            "213-Status\r\n227 Entering Passive Mode (127,0,0,4,200,1)\r\n213 End", "200-a\r\n200-b\r\n200 c",
            "202 \x1b[31m\xe4"))
def replies_as_they_are(t, reply):
    t.login()
    t.passes("HELP", reply)
    t.is_closed(51201, "a text opened it")
    t.in_step()


@case()
def reply_of_20000_lines(t):
    c, s = t.login()
    c.send("STAT a")
    s.wants("STAT a")
    sender = t.sends_all(b"213-Files\r\n" + b" a line of a listing that is long\r\n" * 20000 + b"213 End\r\n", s.sock)
    time.sleep(0.3)
    check(c.wants("213").count("\n") == 20001, "not as many lines")
    sender.join()


@case(gate=True, each=("hello", "99 x", "999 x", "000 x", "-220 x", "\0\0\0\0", "2 00 x", "200x", "",
                       "200 " + "z" * 20000))
def no_reply_at_all(t, words):
    c, s = t.login()
    c.send("PWD")
    s.wants("PWD")
    s.send(words)
    c.ends()
    s.ends()
    check(b"zzz" not in c.rest and b"hello" not in c.rest, f"the client is told {short(c.rest)}")


@case(gate=True)
def reply_without_end(t):
    c, s = t.login()
    c.send("PWD")
    s.wants("PWD")
    t.sends_all(b"257 " + b"x" * (1 << 20), s.sock, False)
    c.ends()


@case(gate=True, each=("227 Passive (127,0,0,4,200,1)", "229 Passive (|||51201|)"))
def unasked_227(t, words):
    c, s = t.login()
    s.send(words)
    c.ends()
    s.ends()
    check(words.encode() not in c.rest, "the client is told of it")


@case(gate=True, each=("227 Passive (127,0,0,4,200,1)", "229 Passive (|||51201|)", "227-a\r\n227 (127,0,0,4,200,1)"))
def pwd_answered_with_227(t, words):
    c, s = t.login()
    c.send("PWD")
    s.wants("PWD")
    s.send(words)
    c.ends()
    s.ends()
    check(words[:3].encode() not in c.rest, "the client is told of it")


@case(gate=True)
def retr_answered_with_227(t):
    t.login()
    t.passive()
    t.begin("RETR file")
    t.s.send("227 Passive (127,0,0,4,200,1)")
    t.c.ends()
    check(b"227" not in t.c.rest, "the client is told of it")


@case(gate=True)
def reply_that_nobody_asked_for(t):
    c, s = t.login()
    s.send("200 By the way\r\n230-Or\r\n230 this")
    c.quiet()
    t.in_step()


@case(gate=True)
def two_ends_of_one_transfer(t):
    t.login()
    t.passive()
    t.download()
    t.s.send("226 Done again")
    t.c.quiet()
    t.in_step()


@case()
def server_ends_the_conversation_with_421(t):
    c, s = t.login()
    s.send("421 Too long")
    s.sock.close()
    c.wants("421")
    c.ends()


@case(gate=True)
def features(t):
    c, s = t.login()
    c.send("FEAT")
    s.wants("FEAT")
    s.send("211-Features:\r\n AUTH TLS\r\n PBSZ\r\n PROT\r\n CCC\r\n EPSV\r\n EPRT\r\n MDTM\r\n SIZE\r\n"
           " REST STREAM\r\n"
           " MLST type*;size*;\r\n UTF8\r\n TVFS\r\n XFOO\r\n227 (127,0,0,4,200,1)\r\n211 End")
    told = {line.strip().split(" ")[0] for line in c.wants("211").split("\n")[1:-1]}
    for word in ("AUTH", "PBSZ", "PROT", "CCC", "XFOO"):
        check(word not in told, f"the client is told of {word}")
    for word in ("EPSV", "EPRT", "MDTM", "SIZE", "REST", "MLST", "UTF8"):
        check(word in told, f"the client is not told of {word}")


# --- which data connection --------------------------------------------------------------------------

@case(each=("PASV", "EPSV", "EPSV 1", "pasv", "epsv"))
def passive_ways(t, command):
    t.login()
    for _ in range(3):
        t.passive(command)
        t.download()


@case(each=("PORT NUMBERS", "EPRT |1|ADDRESS|NUMBER|", "EPRT !1!ADDRESS!NUMBER!", "eprt ~1~ADDRESS~NUMBER~",
            "port NUMBERS"))
def active_ways(t, command):
    t.login()
    for _ in range(3):
        t.active(command)
        t.download()


@case(gate=True, each=("PORT THIEF", "PORT 127,0,0,1,200,1", "EPRT |1|THIEF|51201|", "PORT CLIENT,0,22",
                       "PORT CLIENT,3,255",
                       "EPRT |1|CLIENT|25|", "PORT CLIENT,12,234", "PORT CLIENT,24,235", "EPRT |1|CLIENT|8080|",
                       "PORT 0,0,0,0,200,1"))
def port_refused(t, command):
    t.login()
    trap = t.listen(t.thief)
    at = trap.getsockname()[1]
    dots = "EPRT" in command
    thief = t.thief if dots else numbers(t.thief, at)
    client = t.client if dots else t.client.replace(".", ",")
    t.is_ours(command.replace("THIEF", thief).replace("CLIENT", client), "5")
    t.c.send("RETR file")
    t.c.wants("425")
    t.s.quiet()
    check(not select.select([trap], [], [], 0)[0], "somebody else was dialled")


@case(gate=True)
def port_malformed(t):
    t.login()
    for arg in ("", "1,2,3", "127,0,0,4,200", "127,0,0,4,200,1,1", "127,0,0,256,200,1", "127,0,0,4,256,1",
                "127,0,0,4,-1,1",
                "127,0,0,+4,200,1", "127,0,0,,200,1", "127,0,0,4,0,0", "a,b,c,d,e,f", "127, 0,0,4,200,1",
                "(127,0,0,4,200,1)",
                "127.0.0.4.200.1", "127,0,0,4,200,1 x", "127,0,0,4,0x20,1", "127,0,0,0004,200,1", ",,,,,"):
        t.c.send(f"PORT {arg}")
        said = t.c.reply()
        check(said.startswith("5"), f"PORT {arg}: {said}")
    t.s.quiet()


@case(gate=True)
def eprt_malformed(t):
    t.login()
    for arg in ("", "|", "||||", "|1|127.0.0.4|", "|1|127.0.0.4|99999|", "|1|127.0.0.4|0|", "|1|127.0.0.4|-1|",
                "|1|localhost|5000|",
                "|2|127.0.0.4|51201|", "|1|127.0.0.4|51201", "|1|127.0.0.4|51201|x", "1|127.0.0.4|51201|",
                "|1||51201|",
                "|1|127.0.0.4|51201||", "|1|127.0.0.4 |51201|", "|x|127.0.0.4|51201|", "|1|::1|51201|"):
        t.c.send(f"EPRT {arg}")
        said = t.c.reply()
        check(said.startswith("5"), f"EPRT {arg}: {said}")
    t.s.quiet()


@case(gate=True, each=("EPRT |9|127.0.0.4|51201|", "EPRT |2|::1|51201|", "EPRT |0|127.0.0.4|51201|", "EPSV 2",
                       "EPSV 9"))
def other_family(t, command):
    t.login()
    t.is_ours(command, "522")


@case(gate=True, each=("EPSV x", "EPSV -1", "EPSV 1 1", "EPSV ALLES", "EPSV 99999999999999999999"))
def epsv_malformed(t, command):
    t.login()
    t.is_ours(command, "501", "522")


@case(gate=True)
def epsv_all(t):
    t.login()
    t.is_ours("EPSV ALL", "200")
    t.is_ours("PASV", "5")
    t.is_ours(f"PORT {numbers(t.client, 51201)}", "5")
    t.is_ours(f"EPRT |1|{t.client}|51201|", "5")
    t.passive("EPSV")
    t.download()


@case(gate=True)
def server_that_knows_no_epsv(t):
    c, s = t.login()
    for once in (True, False):
        c.send("EPSV")
        if once:
            said = s.line()
            if said != "EPSV":
                raise OtherMode(f"the server is told {said}")
            s.send("500 What?")
        word = t.agree()
        check(word == "PASV", f"the server is asked for {word}")
        t.waiting = None
        t.told_port()
        t.download()


def foreign(form):
    def answer(address, port):
        n = numbers(address, port).split(",")
        bytes_of_port = ",".join(n[4:])
        return form.replace("HOST", ",".join(n[:4])).replace("PORT", bytes_of_port).replace("NUMBER", str(port))
    return answer


@case(gate=True, each=("227 Passive (127,0,0,3,PORT)", "227 Passive (0,0,0,0,PORT)", "227 Passive (8,8,8,8,PORT).",
                       "227 HOST,PORT", "227 =HOST,PORT", "227 at 10 of 2: HOST,PORT", "227-First\r\n227 (HOST,PORT)",
                       "227-(127,0,0,3,0,22)\r\n227 (HOST,PORT)"))
def server_says_227(t, form):
    trap = t.listen(t.thief)
    t.login()
    t.passive(answer=foreign(form))
    if "First" in form or form.endswith("(HOST,PORT)"):
        check(t.peer != t.at, "it is the server's own answer")
    t.download()
    check(not select.select([trap], [], [], 0)[0], "somebody else was dialled")


@case(gate=True, each=("229 Passive (!!!NUMBER!)", "229 (|||NUMBER|) (|||22|)", "229-x\r\n229 y (|||NUMBER|)"))
def server_says_229(t, form):
    t.login()
    t.passive("EPSV", foreign(form))
    check(t.peer != t.at, "it is the server's own answer")
    t.download()


def no_good_answer(t, command, form):
    """Some other way may be asked for: that one fails, too. The next one goes well."""
    t.login()
    t.c.send(command)
    t.agree(foreign(form))
    while t.s.rest or select.select([t.s.sock], [], [], QUIET_S)[0]:
        t.s.wants("PASV", "EPSV", "PORT", "EPRT")
        t.s.send("500 No")
    t.c.is_refused()
    t.passive()
    t.download()


@case(gate=True, each=("227 (HOST,0,22)", "227 (HOST,0,0)", "227 (HOST,12,234)", "227 Passive", "227 (HOST,1)",
                       "227 (HOST,300,1)",
                       "227", "200 (HOST,PORT)", "229 (|||NUMBER|)", "227 (127,0,0,3,0,80)", "227 (1,2,3)"))
def server_says_no_good_227(t, form):
    no_good_answer(t, "PASV", form)


@case(gate=True, each=("229 (|||99999|)", "229 (|||22|)", "229 (|||0|)", "229 (||||)", "229 |||NUMBER|", "229 ()",
                       "229 (|||-1|)",
                       "229 (|||NUMBER", "229 (|||5432|)", "229 (|1|127.0.0.3|22|)", "200 (|||NUMBER|)"))
def server_says_no_good_229(t, form):
    no_good_answer(t, "EPSV", form)


@case(each=("PASV", "EPSV"))
def server_says_no(t, command):
    no_good_answer(t, command, "550 No")


@case(gate=True)
def two_pasvs(t):
    t.login()
    first = t.passive()
    second = t.passive()
    check(first != second, "the same port twice")
    t.is_closed(first, "the first one's port stays open")
    t.download()
    t.is_closed(second, "it was used")


@case(gate=True)
def pasv_then_port(t):
    t.login()
    first = t.passive()
    t.active()
    t.is_closed(first, "PORT came behind PASV")
    t.download()


@case()
def port_then_pasv(t):
    t.login()
    t.active()
    old = t.waiting
    t.passive()
    t.download()
    check(not select.select([old], [], [], 0)[0], "the client's old port was dialled")


@case(gate=True)
def pasv_then_quit(t):
    t.login()
    port = t.passive()
    t.passes("QUIT", "221 Bye")
    t.c.ends()
    t.is_closed(port, "the conversation is over")


@case(gate=True)
def no_port(t):
    t.login()
    for command in ("RETR file", "LIST", "STOR file", "MLSD"):
        t.is_ours(command, "425")
    t.passive()
    t.download()
    t.is_ours("RETR file", "425")


@case(gate=True, each=("::1", "127.0.0.2"), needs="gateway6")
def client_over_ipv6(t, server):
    t.client, t.peer = "::1", t.args.gateway6
    if t.args.login == "explicit":
        t.door = t.listen(server)
        t.at = t.door.getsockname()[:2]
    t.login()
    t.is_ours("PASV", "522")
    t.is_ours("PORT 127,0,0,4,200,1", "5")
    t.is_ours("EPSV 1", "522")
    t.is_ours("EPRT |1|127.0.0.4|51201|", "522")
    t.is_ours("EPRT |2|::2|51201|", "5")
    t.is_ours("EPRT |2|::1|22|", "5")
    for command in ("EPSV", "EPSV 2"):
        t.passive(command)
        t.download()
    t.active("EPRT |2|ADDRESS|NUMBER|")
    t.download()


@case(gate=True, needs="without_port")
def active_without_port(t):
    c, s = t.login()
    # Once: the pair of ports is the same each time, and for a minute nobody may use it again.
    t.waiting = t.listen(*c.sock.getsockname())
    c.send("RETR file")
    t.agree()
    s.wants("RETR file")
    t.server_opens()
    s.send("150 Here")
    t.client_opens()
    c.wants("150")
    t.completes()
    t.passive()
    t.download()


# --- who comes to it --------------------------------------------------------------------------------

def must_dial(t):
    if t.server_waits:
        raise OtherMode("the server is not asked to dial")


def server_cannot_dial(t):
    must_dial(t)
    try:
        t.keep(socket.create_connection(t.server_dials, WAIT_S, (t.at[0], 0)))
    except OSError:
        return
    raise Seen("the port for the server stays open")


def comes_for_nothing(t, to, source, who, says=b""):
    """Whoever it is may be turned away before he knows that he came in."""
    try:
        sock = t.keep(socket.create_connection(to, WAIT_S, (source, 0)))
        sock.sendall(says)
        came = sock.recv(100)
    except socket.timeout:
        raise Seen(f"{who} is not turned away") from None
    except OSError:
        came = b""
    check(not came, f"{who} gets {came!r}")


@case(gate=True, each=("before", "beside", "instead, and speaks"))
def theft_from_the_client(t, when):
    t.login()
    port = t.passive()
    if when == "beside":
        t.c.send("RETR file")
        t.s.wants("RETR file")
    comes_for_nothing(t, (t.peer[0], port), t.thief, "a thief", b"forged" if "speaks" in when else b"")
    if when == "beside":
        t.client_opens()
        t.server_opens()
        t.s.send("150 Here")
        t.c.wants("150")
        t.completes()
    else:
        t.download()


@case(gate=True, each=("download", "upload"))
def theft_from_the_server(t, what):
    t.login()
    t.active()
    must_dial(t)
    comes_for_nothing(t, t.server_dials, t.thief, "a thief")
    if what == "download":
        t.download()
        return
    t.begin("STOR file")
    t.sends(SOME, t.cd)
    t.cd.close()
    t.server_gets(SOME)


@case(gate=True, each=MODES)
def one_connection_a_port(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("RETR file")
    if mode == "active":
        must_dial(t)
    to, source = ((t.peer[0], t.port), t.client) if mode == "passive" else (t.server_dials, t.at[0])
    try:
        t.keep(socket.create_connection(to, WAIT_S, (source, 0)))
    except OSError:
        pass
    else:
        raise Seen("the port takes a second connection")
    t.completes()


@case()
def ports_by_chance(t):
    t.login()
    ports = [t.passive() for _ in range(16)]
    steps = {b - a for a, b in zip(ports, ports[1:])}
    check(len(set(ports)) > 5 and len(steps) > 5, f"the ports are {ports}")


@case()
def transfers_without_end(t):
    t.login()
    seen = set()
    for i in range(t.args.transfers):
        if i % 3 == 2:
            t.active()
        else:
            seen.add(t.passive("EPSV" if i % 3 else "PASV"))
        if i % 2:
            t.download(b"%d" % i)
            continue
        t.begin("STOR file")
        t.sends(b"%d" % i, t.cd)
        t.cd.close()
        t.server_gets(b"%d" % i)
        t.sd.close()
        t.s.send("226 Done")
        t.c.wants("226")
    check(len(seen) > 1, "always the same port")


@case(gate=True)
def client_port_is_closed(t):
    c, s = t.login()
    t.active()
    t.waiting.close()
    c.send("RETR file")
    s.wants("RETR file")
    try:
        sd = t.server_opens()
        s.send("150 Here")
        check(read_all(sd)[1] == "reset", "the server's data connection ends as if all were well")
    except Seen as e:
        check("reset" in str(e), str(e))
    s.send("426 Nobody there")
    if c.wants("150", "425").startswith("150"):
        c.wants("425")
    t.in_step()


@case(gate=True, each=MODES)
def server_port_is_closed(t, mode):
    t.login()
    t.prepare(mode)
    if t.server_waits:
        t.server_waits.close()
        t.c.send("RETR file")
        t.c.wants("425")
    else:
        t.c.send("RETR file")
        t.s.wants("RETR file")
        t.s.send("425 Cannot")
        t.c.wants("425")
        server_cannot_dial(t)
    t.s.quiet()
    t.in_step()


@case(gate=True, needs="patience")
def client_never_comes(t):
    t.login()
    port = t.passive()
    t.c.send("RETR file")
    t.s.wants("RETR file")
    t.server_opens()
    t.s.send("150 Here")
    t.c.wants("150")
    check(ends_in(t.sd, t.args.patience + WAIT_S) == "reset", "the server's data connection ends as if all were well")
    t.s.send("226 Done")
    t.c.wants("425")
    t.is_closed(port, "nobody came in time")
    t.in_step()


def ends_in(sock, seconds):
    sock.settimeout(seconds)
    try:
        return "end" if not sock.recv(1) else "bytes"
    except socket.timeout:
        raise Seen(f"a data connection stays open for {seconds} s") from None
    except OSError:
        return "reset"


@case(gate=True, needs="patience")
def server_never_comes(t):
    t.login()
    t.active()
    must_dial(t)
    t.c.send("RETR file")
    t.s.wants("RETR file")
    t.s.send("150 Here")
    t.c.wants("150")
    t.client_opens()
    check(ends_in(t.cd, t.args.patience + WAIT_S) == "reset", "the client's data connection ends as if all were well")
    t.s.send("226 Done")
    t.c.wants("425")
    t.in_step()


@case(gate=True, needs="patience")
def success_and_nobody_came(t):
    t.login()
    t.active()
    must_dial(t)
    t.c.send("RETR file")
    t.s.wants("RETR file")
    t.s.send("150 Here\r\n226 Done")
    t.c.wants("150")
    t.c.sock.settimeout(t.args.patience + WAIT_S)
    t.c.wants("425")
    t.in_step()


# --- transfers --------------------------------------------------------------------------------------

@case(each=MODES)
def much_down(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("RETR file")
    sender = t.sends_all(MUCH)
    t.client_gets(MUCH)
    t.cd.close()
    sender.join()
    t.s.send("226 Done")
    t.c.wants("226")


@case(each=MODES)
def much_up(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("STOR file")
    sender = t.sends_all(MUCH, t.cd)
    t.server_gets(MUCH)
    t.sd.close()
    sender.join()
    t.s.send("226 Done")
    t.c.wants("226")


@case(each=MODES)
def nothing_down(t, mode):
    t.login()
    t.prepare(mode)
    t.download(b"")
    t.prepare(mode)
    t.download(b"x")


@case(each=MODES)
def nothing_up(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("STOR file")
    t.cd.close()
    t.server_gets(b"")
    t.sd.close()
    t.s.send("226 Done")
    t.c.wants("226")


@case(each=("125 Already open", "150-One\r\n150 Two", "150 FILE: unique.1"))
def first_word(t, words):
    t.login()
    t.passive()
    t.begin("STOU", words)
    t.sends(SOME, t.cd)
    t.cd.close()
    t.server_gets(SOME)
    t.sd.close()
    t.s.send("250 Done")
    t.c.wants("250")


@case(each=MODES)
def three_first_words(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("RETR file", "120 Soon")
    for words in ("150 Now", "150-Really\r\n150 now"):
        t.s.send(words)
        t.c.wants("150")
    t.completes()


@case(each=MODES)
def last_word_before_the_bytes(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("RETR file")
    t.s.send("226 Done")
    t.c.wants("226")
    sender = t.sends_all(MUCH)
    t.client_gets(MUCH)
    t.cd.close()
    sender.join()
    t.in_step()


@case(each=MODES)
def bytes_before_the_first_word(t, mode):
    t.login()
    t.prepare(mode)
    if mode == "passive":
        t.client_opens()
    t.c.send("RETR file")
    t.s.wants("RETR file")
    t.server_opens()
    t.sends(SOME)
    t.sd.close()
    if mode == "active":
        must_dial(t)  # else a client is dialled once the server has said that it begins
        t.client_opens()
    t.client_gets(SOME)
    t.s.send("150 That was it\r\n226 Done")
    t.c.wants("150")
    t.c.wants("226")


@case(each=MODES)
def no_first_word(t, mode):
    t.login()
    t.prepare(mode)
    if mode == "passive":
        t.client_opens()
    t.c.send("RETR file")
    t.s.wants("RETR file")
    t.server_opens()
    t.sends(SOME)
    t.sd.close()
    t.s.send("226 Done")
    if mode == "active":
        t.client_opens()
    t.client_gets(SOME)
    t.c.wants("226")


@case(gate=True)
def last_word_waits_for_the_client(t):
    t.login()
    t.passive()
    t.c.send("RETR file")
    t.s.wants("RETR file")
    t.server_opens()
    t.sends(SOME)
    t.sd.close()
    t.s.send("150 Here\r\n226 Done")
    t.c.wants("150")
    t.c.quiet()
    t.client_opens()
    t.client_gets(SOME)
    t.c.wants("226")


@case()
def client_sends_before_stor(t):
    t.login()
    t.passive()
    t.client_opens()
    t.sends(SOME, t.cd)
    t.cd.close()
    time.sleep(0.1)
    t.c.send("STOR file")
    t.s.wants("STOR file")
    t.server_opens()
    t.s.send("150 Come")
    t.server_gets(SOME)
    t.sd.close()
    t.s.send("226 Done")
    t.c.wants("150")
    t.c.wants("226")


@case(gate=True, each=MODES)
def transfer_that_is_refused(t, mode):
    t.login()
    t.prepare(mode)
    t.c.send("RETR none")
    t.s.wants("RETR none")
    t.s.send("550 None")
    t.c.wants("550")
    if mode == "passive":
        t.is_closed(t.port, "its transfer was refused")
    else:
        check(not select.select([t.waiting], [], [], 0)[0], "the client was dialled")
        server_cannot_dial(t)
    t.prepare(mode)
    t.download()


@case(each=MODES)
def transfer_that_fails_after_its_first_word(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("RETR file")
    t.sd.close()
    t.s.send("451 No")
    t.c.wants("451")
    t.client_gets(b"")
    t.in_step()


@case()
def transfer_that_is_refused_while_the_client_is_there(t):
    t.login()
    t.passive()
    t.client_opens()
    t.c.send("RETR none")
    t.s.wants("RETR none")
    t.server_opens()
    t.sd.close()
    t.s.send("550 None")
    t.c.wants("550")
    check(not read_all(t.cd)[0], "the client gets bytes")
    t.passive()
    t.download()


@case(gate=True)
def client_comes_and_goes(t):
    t.login()
    t.passive()
    reset(t.client_opens())
    time.sleep(0.1)
    t.c.send("RETR file")
    if t.s.rest or select.select([t.s.sock], [], [], QUIET_S)[0]:
        t.s.wants("RETR file")
        try:
            t.server_opens()
        except Seen:
            pass
        t.s.send("150 Here\r\n226 Done")
    said = t.c.wants("150", "4")
    if said.startswith("150"):
        t.c.wants("4")
    t.in_step()


@case()
def pasv_in_mid_transfer(t):
    t.login()
    t.passive()
    t.begin("RETR file")
    t.c.send("PASV")
    time.sleep(0.1)
    t.completes()
    t.agree()
    t.told_port()
    t.download()


@case()
def words_inside_of_a_listing(t):
    t.login()
    t.passive()
    words = b"227 Entering Passive Mode (127,0,0,4,200,1)\r\n421 Bye\r\nPORT 127,0,0,3,0,22\r\n\xff\xf4\xff\xf2\0\n"
    t.download(words * 99, "LIST")
    t.in_step()


@case(each=MODES)
def client_half_closes_a_download(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("RETR file")
    t.cd.shutdown(socket.SHUT_WR)
    time.sleep(0.1)
    t.completes()


@case(each=MODES)
def server_half_closes_an_upload(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("STOR file")
    t.sd.shutdown(socket.SHUT_WR)
    time.sleep(0.1)
    t.sends(SOME, t.cd)
    t.cd.shutdown(socket.SHUT_WR)
    t.server_gets(SOME)
    t.s.send("226 Done")
    t.c.wants("226")


# --- what breaks ------------------------------------------------------------------------------------

def breaks(t, mode, last, some=SOME):
    t.login()
    t.prepare(mode)
    t.begin("RETR file")
    t.sends(some)
    time.sleep(0.05)
    reset(t.sd)
    if last == "before":
        time.sleep(0.1)
    t.client_gets(None, "reset")


@case(each=MODES)
def reset_in_a_download(t, mode):
    breaks(t, mode, "later")
    t.s.send("451 It broke")
    t.c.wants("4")
    t.in_step()


@case(gate=True, each=MODES)
def reset_in_a_download_and_success_is_said(t, mode):
    breaks(t, mode, "later")
    t.s.send("226 Done")
    t.c.wants("4")
    t.in_step()


@case(each=MODES)
def reset_after_the_success(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("RETR file")
    t.sends(SOME)
    t.s.send("226 Done")
    t.c.wants("226")
    reset(t.sd)
    t.client_gets(None, "reset")


@case(each=MODES)
def reset_before_the_first_byte(t, mode):
    breaks(t, mode, "before", b"")
    t.s.send("451 It broke")
    t.c.wants("4")


@case(each=MODES)
def reset_of_much(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("RETR file")
    t.sd.settimeout(0.3)
    try:
        t.sd.sendall(MUCH * 4)
    except OSError:
        pass  # the client does not read: all buffers are full
    reset(t.sd)
    t.client_gets(None, "reset")


@case(each=MODES)
def reset_in_an_upload(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("STOR file")
    t.sends(SOME, t.cd)
    time.sleep(0.05)
    reset(t.cd)
    t.server_gets(None, "reset")
    t.s.send("426 It broke")
    t.c.wants("4")
    t.in_step()


@case(gate=True)
def reset_before_stor(t):
    t.login()
    t.passive()
    t.client_opens()
    t.sends(SOME, t.cd)
    reset(t.cd)
    time.sleep(0.1)
    t.c.send("STOR file")
    if t.s.rest or select.select([t.s.sock], [], [], QUIET_S)[0]:
        t.s.wants("STOR file")
        t.server_opens()
        t.s.send("150 Come")
        t.server_gets(None, "reset")
        t.s.send("226 Done")
    said = t.c.wants("150", "4")
    if said.startswith("150"):
        t.c.wants("4")
    t.in_step()


@case(each=MODES)
def server_refuses_in_mid_upload(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("STOR file")
    sender = t.sends_all(MUCH * 4, t.cd)
    t.sd.recv(1000)
    t.s.send("552 Full")
    reset(t.sd)
    sender.join()
    t.c.wants("552", "426")
    t.in_step()


@case(each=MODES)
def server_dies(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("RETR file")
    t.sends(SOME)
    time.sleep(0.05)
    reset(t.sd)
    t.s.reset()
    t.client_gets(None, "reset")
    t.c.ends()
    check(b"226" not in t.c.rest, "the client is told of a success")


@case(gate=True)
def server_closes_the_conversation_in_mid_transfer(t):
    t.login()
    t.passive()
    t.begin("RETR file")
    t.sends(SOME)
    t.s.sock.close()
    time.sleep(0.1)
    t.c.ends()
    check(b"4" in t.c.rest[:1], f"the client is told {short(t.c.rest)}")
    t.client_gets(None, "reset")


@case(each=("reset", "end"))
def server_dies_idle(t, how):
    t.login()
    if how == "reset":
        t.s.reset()
    else:
        t.s.sock.close()
    t.c.ends()


@case(each=("reset", "end"))
def client_vanishes_idle(t, how):
    t.login()
    if how == "reset":
        t.c.reset()
    else:
        t.c.sock.close()
    t.s.ends()


@case(each=MODES)
def client_vanishes(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("STOR file")
    t.sends(SOME, t.cd)
    time.sleep(0.05)
    t.c.reset()
    reset(t.cd)
    t.server_gets(None, "reset")
    t.s.ends()


@case(gate=True)
def client_leaves_an_upload_half_done(t):
    t.login()
    t.passive()
    t.begin("STOR file")
    t.sends(SOME, t.cd)
    t.c.sock.close()
    t.server_gets(None, "reset")
    t.s.ends()


# --- words in mid transfer --------------------------------------------------------------------------

@case()
def abor_idle(t):
    t.login()
    t.passes("ABOR", "226 Nothing to abort")
    t.passive()
    t.passes("ABOR", "225 Nothing to abort")
    t.in_step()


def aborted(t, replies):
    t.s.wants("ABOR")
    if t.sd:
        reset(t.sd)
    elif t.server_waits:
        t.server_waits.close()
    t.s.send(replies)
    for reply in replies.split("\r\n"):
        t.c.wants(reply)
    if t.cd:
        read_all(t.cd)
    t.in_step()
    t.passive()
    t.download()


@case(each=MODES)
def abor(t, mode):
    t.login()
    t.prepare(mode)
    t.begin("RETR file")
    t.sends(SOME)
    t.c.send("ABOR")
    aborted(t, "426 Aborted\r\n226 Abort done")


@case()
def abor_of_what_was_done(t):
    t.login()
    t.passive()
    t.begin("RETR file")
    t.sends(SOME)
    t.c.send("ABOR")
    t.s.wants("ABOR")
    t.sd.close()
    t.s.send("226 Done\r\n225 Nothing to abort")
    t.client_gets(SOME)
    t.c.wants("226")
    t.c.wants("225")
    t.in_step()


@case()
def abor_before_the_first_word(t):
    t.login()
    t.passive()
    t.client_opens()
    t.c.send("RETR file")
    t.s.wants("RETR file")
    t.c.send("ABOR")
    aborted(t, "426 Aborted\r\n226 Abort done")


@case()
def abor_before_the_client_comes(t):
    t.login()
    t.passive()
    t.c.send("RETR file")
    t.s.wants("RETR file")
    t.s.send("150 Here")
    t.c.wants("150")
    t.c.send("ABOR")
    aborted(t, "426 Aborted\r\n226 Abort done")


@case()
def abor_answered_once(t):
    t.login()
    t.passive()
    t.begin("RETR file")
    t.c.send("ABOR")
    t.s.wants("ABOR")
    reset(t.sd)
    t.s.send("426 Aborted")
    t.c.wants("426")
    t.c.quiet()
    t.s.send("226 And that is all")
    t.c.wants("226")
    t.in_step()


@case()
def abor_with_words_behind(t):
    t.login()
    t.passive()
    t.begin("STOR file")
    t.c.send("ABOR\r\nPWD\r\nPASV")
    t.s.wants("ABOR")
    reset(t.sd)
    t.s.send("426 Aborted\r\n226 Abort done")
    t.c.wants("426")
    t.c.wants("226")
    t.s.wants("PWD")
    t.s.send("257 /")
    t.c.wants("257")
    t.agree()
    t.told_port()
    t.download()


@case()
def stat_then_abor(t):
    t.login()
    t.passive()
    t.begin("RETR file")
    t.passes("STAT", "213 Half")
    t.passes("STAT", "211-Half\r\n211 of it")
    t.c.send("ABOR")
    aborted(t, "426 Aborted\r\n226 Abort done")


@case(each=("225 Closed", "226 Aborted"))
def abor_and_only_the_transfer_was_over(t, words):
    t.login()
    t.passive()
    t.begin("RETR file")
    t.c.send("ABOR")
    t.s.wants("ABOR")
    reset(t.sd)
    t.s.send("426 Aborted")
    t.c.wants("426")
    time.sleep(0.1)
    t.s.send(words)
    t.c.wants(words)
    t.in_step()


@case(gate=True, each=("with the mark", "without"))
def abor_of_telnet(t, how):
    t.login()
    t.passive()
    t.begin("RETR file")
    t.sends(SOME)
    t.c.send("\xff\xf4\xff", end="")
    t.c.sock.send(b"\xf2", socket.MSG_OOB if how == "with the mark" else 0)
    t.c.send("ABOR")
    aborted(t, "426 Aborted\r\n226 Abort done")


@case(each=("213-Status\r\n half of it\r\n213 End", "211 Half"))
def stat_in_mid_transfer(t, reply):
    t.login()
    t.passive()
    t.begin("RETR file")
    t.passes("STAT", reply)
    t.completes()


@case()
def quit_in_mid_transfer(t):
    t.login()
    t.passive()
    t.begin("RETR file")
    t.c.send("QUIT")
    time.sleep(0.1)
    t.completes()
    t.passes_on_quit()


@case()
def quit_before_the_bytes_are_through(t):
    t.login()
    t.passive()
    t.begin("RETR file")
    sender = t.sends_all(MUCH)
    t.s.send("226 Done")
    t.c.wants("226")
    t.passes("QUIT", "221 Bye")
    t.client_gets(MUCH)
    sender.join()


@case(gate=True, needs="idle")
def client_takes_nothing_and_leaves(t):
    t.login()
    t.passive()
    t.begin("RETR file")
    sender = t.sends_all(MUCH * 8)
    t.s.send("226 Done")
    t.c.wants("226")
    t.passes("QUIT", "221 Bye")
    time.sleep(2 * t.args.idle + 1)
    t.client_gets(None, "reset")
    sender.join()


@case(gate=True)
def commands_wait_for_the_transfer(t):
    t.login()
    t.passive()
    t.begin("RETR file")
    t.c.send("PWD\r\nDELE file")
    t.s.quiet()
    t.completes()
    for word in ("PWD", "DELE file"):
        t.s.wants(word)
        t.s.send("250 Good")
        t.c.wants("250")


# --- the run ----------------------------------------------------------------------------------------

def address(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def arguments():
    parser = argparse.ArgumentParser(usage=__doc__)
    parser.add_argument("gateway", type=address, nargs="?")
    parser.add_argument("--login", choices=("explicit", "plain"), default="explicit")
    parser.add_argument("--direct", action="store_true")
    parser.add_argument("--converts", action="store_true")
    parser.add_argument("--addresses", default="127.0.0.4,127.0.0.2,127.0.0.3")
    parser.add_argument("--server", type=address)
    parser.add_argument("--gateway6", type=address)
    parser.add_argument("--without-port", action="store_true")
    parser.add_argument("--patience", type=int, default=0)
    parser.add_argument("--idle", type=int, default=0)
    parser.add_argument("--transfers", type=int, default=30)
    parser.add_argument("--only", default="")
    parser.add_argument("-v", action="store_true")
    args = parser.parse_args()
    if not args.direct and not args.gateway or args.login == "plain" and not args.direct and not args.server:
        parser.error("whom to dial is missing")
    return args


if __name__ == "__main__":
    sys.exit(0 if run_all(arguments()) else 1)
