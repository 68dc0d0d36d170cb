/* SPDX-License-Identifier: ISC
 *
 * SIGINT and SIGTERM as a flag that loop_run() looks at: blocked, except while the loop waits.
 */
#pragma once

#include <stdbool.h>

/* Call before loop_new(). The number of the signal that came, or 0. */
const volatile int *interrupt_catch(void);
/* Once the loop has run: signals end the program again, also while it waits to write its report. */
void interrupt_release(void);

/* False: a signal came while it was caught. One that comes meanwhile ends the program. */
bool interrupt_sleep(unsigned seconds);
