/* SPDX-License-Identifier: ISC
 *
 * The arithmetic of BitTorrent's Message Stream Encryption: Diffie and Hellman's exchange with the
 * generator 2 in a field of 768 bits. Constant memory. Its time tells of the exponent: here nothing
 * is ever encrypted with what would come of it.
 *
 * Source: the specification of MSE in Vuze's wiki (2006), "Message Stream Encryption".
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { MSE_KEY = 96 }; /* bytes of a public key, the most significant first */

/* 2 to the power of the exponent (n bytes, the most significant first), modulo the prime. */
void mse_public_key(const uint8_t *exponent, size_t n, uint8_t key[MSE_KEY]);

/* Whether it may be somebody's public key: from 2 to the prime minus 2. All but one in 2^64 of what
 * 96 bytes can hold are. */
bool mse_is_key(const uint8_t key[MSE_KEY]);
