/* The cheapest ticket of whole contracts that keeps a floor, and the highest floor that can be had: exact search.
 *
 * Everything is a whole number; nothing here rounds a ticket's cost or floor. optimum.c says how it searches. */
#ifndef HEDGEKIT_OPTIMUM_H
#define HEDGEKIT_OPTIMUM_H

#include <stdint.h>

#define HK_OPTIMUM_LEGS 6  /* most distinct legs of a ticket */
#define HK_OPTIMUM_KEEP 16 /* most tickets remembered */

enum hk_optimum_goal { HK_LEAST_COST = 0, HK_HIGHEST_FLOOR = 1 };

typedef struct {
    int n;
    const signed char *kind, *side; /* +1 call, -1 put; +1 bought, -1 sold */
    const int64_t *strike, *cost;   /* cost of one contract in its direction, negative when it brings money */
    const int64_t *limit;           /* most contracts, 1 or more */
    int64_t shares, multiplier, most_puts, most_calls, lowest_spot;
    int64_t mantissa; /* growth of a net debit to expiry = mantissa / 2^exponent */
    int exponent;
} hk_optimum_input;

typedef struct {
    int legs;
    int leg[HK_OPTIMUM_LEGS]; /* ascending */
    int64_t contracts[HK_OPTIMUM_LEGS];
    int64_t cost, total_contracts;
    __int128 floor; /* times 2^exponent */
} hk_ticket;

typedef struct {
    int64_t sets, programmes, boxes, duals, tickets;
} hk_optimum_work;

typedef struct hk_optimum hk_optimum;

/* NULL when memory is short. The input is copied. */
hk_optimum *hk_optimum_new(const hk_optimum_input *input);
void hk_optimum_free(hk_optimum *search);

/* Start a search. target is wealth times 2^exponent; margin is how much dearer than the best a remembered ticket may
 * be. Dual vectors found in earlier searches for the same goal are kept: they hold for any target. Where growth < 1
 * the tickets that cost and those that bring money are searched apart, in two passes whose answers are to be merged. */
int hk_optimum_passes(const hk_optimum *search);
void hk_optimum_begin(hk_optimum *search, int pass, enum hk_optimum_goal goal, __int128 target, int has_budget,
                      int64_t budget, int keep, double margin);

/* Work through the leg sets of one size in `n` slices, so that the caller can be interrupted in between. Sizes must
 * come in ascending order from 1. */
void hk_optimum_begin_size(hk_optimum *search, int size);
void hk_optimum_slice(hk_optimum *search, int slice);

/* Tickets found so far, best first; 0 when there is none of that rank. */
int hk_optimum_ticket(const hk_optimum *search, int rank, hk_ticket *out);
hk_optimum_work hk_optimum_count(const hk_optimum *search);

/* 0 when memory ran short during the search: the answer is then not proven. */
int hk_optimum_complete(const hk_optimum *search);

/* Multipliers of the rows of one leg set's linear programme within low <= contracts <= high, for the target of the
 * last search: duals, or a ray when no counts in the box keep the rows. family: 0 growth, 1 plain, 2 cover, 3 net,
 * 4 sold, 5 bought, 6 budget; spot is 0 where a row has none. x: where the programme is least, NaN with a ray. The
 * pass says which floor rows to use where growth < 1. They are hints, worth what an exact check of them says. */
#define HK_OPTIMUM_ROWS (3 * HK_OPTIMUM_LEGS + 8)
typedef struct {
    int rows, ray, family[HK_OPTIMUM_ROWS];
    int64_t spot[HK_OPTIMUM_ROWS];
    double weight[HK_OPTIMUM_ROWS], x[HK_OPTIMUM_LEGS];
} hk_multipliers;
void hk_optimum_multipliers(hk_optimum *search, int pass, const hk_ticket *legs, const int64_t *low,
                            const int64_t *high, hk_multipliers *out);

/* Measure any ticket exactly: 1 when it keeps every rule and the target of the last search. */
int hk_optimum_measure(const hk_optimum *search, hk_ticket *ticket);

#endif
