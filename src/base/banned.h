/* SPDX-License-Identifier: ISC
 *
 * Functions that overrun, guess a format or keep hidden state. Every C file is compiled with
 * this header in front, so that using one does not compile.
 */
#pragma once

#include <ctype.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf gets strtok asctime ctime
#pragma GCC poison gmtime localtime gethostbyname gethostbyaddr atoi atol atof
#pragma GCC poison mktemp tmpnam tempnam system popen
