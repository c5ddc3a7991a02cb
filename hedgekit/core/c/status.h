/* What a kernel says of one element; the same numbers as hedgekit.errors.Status. */
#ifndef HEDGEKIT_STATUS_H
#define HEDGEKIT_STATUS_H

enum hk_status {
    HK_OK = 0,
    HK_INVALID_INPUT = 1,
    HK_BELOW_INTRINSIC = 2,
    HK_ABOVE_MAXIMUM = 3,
    HK_NOT_IDENTIFIED = 4,
    HK_NO_CONVERGENCE = 5
};

#endif
