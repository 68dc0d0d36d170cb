/* SPDX-License-Identifier: ISC */
#include "probe/window.h"

void window_init(struct window *w, unsigned size)
{
	*w = (struct window){.size = size, .end = size};
}

bool window_is_full(const struct window *w)
{
	return w->n >= w->size;
}

void window_add_silence(struct window *w)
{
	if (w->size < WINDOW_SILENT)
		w->size++;
}

static void halve(struct window *w)
{
	if (w->size > WINDOW_MIN)
		w->size = w->size / 2 > WINDOW_MIN ? w->size / 2 : WINDOW_MIN;
}

void window_add_answer(struct window *w, unsigned lost, unsigned most)
{
	bool is_lossy;

	w->answers++;
	w->lost += lost;
	is_lossy = w->lost * WINDOW_LOSS_PART > w->answers + w->lost;
	if (!is_lossy && w->size < most)
		w->size++;
	if (w->answers < w->end)
		return;
	if (is_lossy)
		halve(w);
	w->answers = w->lost = 0;
	w->end = w->size;
}
