/* SPDX-License-Identifier: ISC */
#include "sys/state.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

int state_path(const char *name, struct buf *path, struct err *err)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	buf_clear(path);
	if (state && state[0] == '/')
		buf_addf(path, "%s/portolan/%s", state, name);
	else if (home && home[0] == '/')
		buf_addf(path, "%s/.local/state/portolan/%s", home, name);
	else
		return err_set(err, ERR_SYSTEM, PLACE_NONE,
			       "set HOME or XDG_STATE_HOME, so that there is a state folder");
	return 0;
}

int state_make_folder(const char *path, struct err *err)
{
	struct buf folder = BUF_INIT;
	int rc = 0;

	for (const char *slash = strchr(path + 1, '/'); slash && !rc;
	     slash = strchr(slash + 1, '/')) {
		buf_clear(&folder);
		buf_add(&folder, path, (size_t)(slash - path));
		if (mkdir(folder.data, 0700) != 0 && errno != EEXIST)
			rc = err_set(err, ERR_SYSTEM, PLACE_NONE, "cannot make the folder %s: %s",
				     folder.data, strerror(errno));
	}
	buf_release(&folder);
	return rc;
}
