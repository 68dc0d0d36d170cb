/* SPDX-License-Identifier: ISC */
#include "sys/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <time.h>

static volatile int came;
static sigset_t mask_before;

static void note_signal(int number)
{
	came = number;
}

/* What the parent chose to ignore (nohup, a job in the background) stays ignored. */
static void catch_signal(int number)
{
	/* A second one ends the program the ordinary way. */
	struct sigaction sa = {.sa_handler = note_signal, .sa_flags = SA_RESETHAND}, old;

	sigemptyset(&sa.sa_mask);
	if (sigaction(number, NULL, &old) == 0 && old.sa_handler != SIG_IGN)
		sigaction(number, &sa, NULL);
}

const volatile int *interrupt_catch(void)
{
	sigset_t both;

	sigemptyset(&both);
	sigaddset(&both, SIGINT);
	sigaddset(&both, SIGTERM);
	sigprocmask(SIG_BLOCK, &both, &mask_before);
	catch_signal(SIGINT);
	catch_signal(SIGTERM);
	return &came;
}

static void let_go(int number)
{
	struct sigaction sa;

	if (sigaction(number, NULL, &sa) == 0 && sa.sa_handler == note_signal)
		signal(number, SIG_DFL);
}

void interrupt_release(void)
{
	sigprocmask(SIG_SETMASK, &mask_before, NULL);
	let_go(SIGINT);
	let_go(SIGTERM);
}

bool interrupt_sleep(unsigned seconds)
{
	const struct timespec ts = {.tv_sec = seconds};

	return !came && nanosleep(&ts, NULL) == 0;
}
