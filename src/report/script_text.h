/* SPDX-License-Identifier: ISC
 *
 * The fixed parts of scripts, from script.sh and script.ps1, which their own tools can check.
 */
#pragma once

extern const char script_text_sh[], script_text_ps1[];
