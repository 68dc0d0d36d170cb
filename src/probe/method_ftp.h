/* SPDX-License-Identifier: ISC
 *
 * The method "ftp": negotiates a data connection for real, as anonymous and without a transfer in
 * passive mode, and sees whether it opens. task.mode says which: "passive" (EPSV, else PASV),
 * "active" (PORT or EPRT, and a listing of names that the server opens it for). task.ports: where a
 * port of ours must lie in active mode. The outcome's port is the one that was negotiated. Where
 * the server wants a login that we have not, nothing is known: not attempted.
 */
#pragma once

extern const struct method method_ftp;
