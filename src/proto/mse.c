/* SPDX-License-Identifier: ISC
 *
 * Numbers are 24 limbs of 32 bits, the least significant first. Montgomery's multiplication (1985)
 * shifts where others divide by the prime: a number x stands as x * 2^768, and so does its double
 * as twice that.
 */
#include "proto/mse.h"

#include <string.h>

enum { LIMBS = MSE_KEY / 4 };

/* Behind a first 1 of 64 bits the digits of pi; (prime - 1) / 2 is prime, too. */
static const uint32_t prime[LIMBS] = {
	0x00090563, 0x00000000, 0xa63a3621, 0xf44c42e9, 0x625e7ec6, 0xe485b576,
	0x6d51c245, 0x4fe1356d, 0xf25f1437, 0x302b0a6d, 0xcd3a431b, 0xef9519b3,
	0x8e3404dd, 0x514a0879, 0x3b139b22, 0x020bbea6, 0x8a67cc74, 0x29024e08,
	0x80dc1cd1, 0xc4c6628b, 0x2168c234, 0xc90fdaa2, 0xffffffff, 0xffffffff,
};
#define MINUS_INVERSE 0x95075bb5u /* -1 / prime, modulo 2^32 */

static bool is_below(const uint32_t a[LIMBS], const uint32_t b[LIMBS])
{
	for (unsigned i = LIMBS; i--;)
		if (a[i] != b[i])
			return a[i] < b[i];
	return false;
}

/* Of a number below twice the prime, whose bit 768 is `top`. */
static void reduce(uint32_t a[LIMBS], uint32_t top)
{
	uint64_t borrow = 0;

	if (!top && is_below(a, prime))
		return;
	for (unsigned i = 0; i < LIMBS; i++) {
		const uint64_t d = (uint64_t)a[i] - prime[i] - borrow;

		a[i] = (uint32_t)d;
		borrow = d >> 63;
	}
}

static void twice(uint32_t a[LIMBS])
{
	uint32_t carry = 0;

	for (unsigned i = 0; i < LIMBS; i++) {
		const uint32_t high = a[i] >> 31;

		a[i] = a[i] << 1 | carry;
		carry = high;
	}
	reduce(a, carry);
}

/* sum += a * factor */
static void add_multiple(uint32_t sum[LIMBS + 2], const uint32_t a[LIMBS], uint32_t factor)
{
	uint64_t carry = 0;

	for (unsigned i = 0; i < LIMBS + 2; i++) {
		carry += sum[i] + (i < LIMBS ? (uint64_t)a[i] * factor : 0);
		sum[i] = (uint32_t)carry;
		carry >>= 32;
	}
}

/* a = a * b / 2^768. What is added of the prime makes the lowest limb zero, so that it can go. */
static void multiply(uint32_t a[LIMBS], const uint32_t b[LIMBS])
{
	uint32_t sum[LIMBS + 2] = {0};

	for (unsigned i = 0; i < LIMBS; i++) {
		add_multiple(sum, a, b[i]);
		add_multiple(sum, prime, sum[0] * MINUS_INVERSE);
		memmove(sum, sum + 1, sizeof(sum) - sizeof(sum[0]));
		sum[LIMBS + 1] = 0;
	}
	memcpy(a, sum, sizeof(uint32_t[LIMBS]));
	reduce(a, sum[LIMBS]);
}

void mse_public_key(const uint8_t *exponent, size_t n, uint8_t key[MSE_KEY])
{
	static const uint32_t one[LIMBS] = {1};
	uint32_t power[LIMBS] = {0};

	reduce(power, 1); /* 2^768: a one in Montgomery's form */
	for (size_t bit = 0; bit < 8 * n; bit++) {
		uint32_t same[LIMBS];

		memcpy(same, power, sizeof(same));
		multiply(power, same);
		if (exponent[bit / 8] & 0x80 >> bit % 8)
			twice(power);
	}
	multiply(power, one);
	for (unsigned i = 0; i < MSE_KEY; i++)
		key[i] = (uint8_t)(power[LIMBS - 1 - i / 4] >> (24 - i % 4 * 8));
}

bool mse_is_key(const uint8_t key[MSE_KEY])
{
	static const uint32_t two[LIMBS] = {2};
	uint32_t a[LIMBS] = {0}, next[LIMBS];

	for (unsigned i = 0; i < MSE_KEY; i++)
		a[LIMBS - 1 - i / 4] |= (uint32_t)key[i] << (24 - i % 4 * 8);
	if (is_below(a, two) || !is_below(a, prime))
		return false;
	memcpy(next, a, sizeof(next));
	next[0]++; /* no carry matters: the prime's lowest limb is not zero */
	return memcmp(next, prime, sizeof(next)) != 0;
}
