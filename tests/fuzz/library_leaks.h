/* SPDX-License-Identifier: ISC
 *
 * What a library loses is not held against us, in the targets that read YAML.
 */
#pragma once

/* libfyaml 0.7 loses its buffer of pieces where a quoted text with many quotes in it never ends:
 * one or two KiB a broken file, in a program that then ends. Ours is not let off. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libfyaml.so";
}
