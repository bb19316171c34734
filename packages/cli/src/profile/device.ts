/** The device of the roofline: a calibrated one, or the nominal one, which says that it is. */

import { type Device, nominalDevice } from "@frugal/core/costs";

export const roofOf = (): Device => nominalDevice;
