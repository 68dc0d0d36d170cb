/* SPDX-License-Identifier: ISC
 *
 * The method "ftp": negotiates a data connection for real, as anonymous, and sees whether it opens.
 * task.mode says which:
 *
 *	passive			EPSV (RFC 2428), over IPv4 PASV where the server does not know it;
 *				no transfer
 *	active			PORT or EPRT, and a listing that the server opens it for
 *	active-without-port	the listing alone: to the conversation's own port, RFC 959 section
 *				3.2
 *
 * task.ports: where a port of ours must lie in active mode, and the server's in passive mode: it is
 * not followed elsewhere; lo 0: anywhere. task.what: the server behind an explicit gateway, "HOST"
 * or "HOST:PORT", for its login; NULL: there is none. The outcome's port is the one that was
 * negotiated. Where it does not come to a data connection for want of a login, or because nobody
 * could be connected to, nothing is known: not attempted. Where the server itself makes one
 * impossible (it is none, refuses everybody, falls silent) the service fails, and nothing is known
 * of the way; the outcome's port is then the conversation's.
 *
 * Memory: some 800 bytes, and 5 kB more once the server answers.
 */
#pragma once

extern const struct method method_ftp;
