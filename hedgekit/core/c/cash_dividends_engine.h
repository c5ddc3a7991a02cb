/* From an element to a solved lattice: shared by prices, greeks and implied vols. */
#ifndef HEDGEKIT_CASH_DIVIDENDS_ENGINE_H
#define HEDGEKIT_CASH_DIVIDENDS_ENGINE_H

#include "cash_dividends.h"
#include "cash_dividends_task.h"

typedef struct {
    double *memory; /* to be freed */
    hk_cd_schedule schedule;
} hk_cd_dividends;

/* Sorted, dates not after now and amounts of nothing dropped, one date one dividend.
 * Returns -1 out of memory, 1 when a date or amount is not finite or an amount is negative. */
int hk_cd_sort(const hk_cd_contracts *in, hk_cd_dividends *out);

/* How a valuation is done: not at all, in closed form, along the forward path, or on the lattice. */
enum hk_cd_path { HK_CD_BAD, HK_CD_CLOSED, HK_CD_DETERMINISTIC, HK_CD_LATTICE };

/* HK_CD_BAD when element i is not valid. */
enum hk_cd_path hk_cd_make_task(const hk_cd_contracts *in, const hk_cd_schedule *dividends, ptrdiff_t i, double vol,
                                hk_cd_task *o);

/* Fills what needs no lattice; returns whether the task still needs one. */
int hk_cd_prepare(hk_cd_task *o, const hk_cd_schedule *dividends, enum hk_cd_path *path);

/* Tasks of equal key are solved together, a vector's width at a time; the last block repeats its last task.
 * Returns 0, or -1 out of memory. */
int hk_cd_solve(hk_cd_task **tasks, ptrdiff_t n, const hk_cd_schedule *dividends);

#endif
