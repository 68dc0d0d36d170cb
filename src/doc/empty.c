/* SPDX-License-Identifier: ISC */
typedef int doc_is_empty;
