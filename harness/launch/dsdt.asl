// SPDX-License-Identifier: GPL-2.0
// What ACPI's tables can't say of the machine: where PCI's windows are, how its interrupts are
// wired, how to switch off. iasl compiles it; acpi.c puts it into memory.
DefinitionBlock ("", "DSDT", 2, "VMXCHK", "VMXLAUNC", 1)
{
	// pm.h: PM_S5
	Name (\_S5, Package () { 5, 0, 0, 0 })

	Scope (\_SB)
	{
		Device (PCI0)
		{
			Name (_HID, EisaId ("PNP0A03"))
			Name (_UID, 0)
			Name (_BBN, 0)
			Name (_CRS, ResourceTemplate ()
			{
				WordBusNumber (ResourceProducer, MinFixed, MaxFixed, PosDecode,
					0, 0, 0, 0, 1)
				IO (Decode16, 0xcf8, 0xcf8, 1, 8)
				// pci.h: PCI_WINDOW, PCI_WINDOW_SIZE
				DWordMemory (ResourceProducer, PosDecode, MinFixed, MaxFixed,
					NonCacheable, ReadWrite,
					0, 0xc0000000, 0xfebfffff, 0, 0x3ec00000)
			})

			// pci.h: INTA of an even slot is interrupt 16, of an odd one 17.
			Method (_PRT)
			{
				Local0 = Package (32) {}
				For (Local1 = 0, Local1 < 32, Local1++)
				{
					Local2 = Package (4) { 0, 0, 0, 0 }
					Local2[0] = (Local1 << 16) | 0xffff
					Local2[3] = 16 + (Local1 & 1)
					Local0[Local1] = Local2
				}
				Return (Local0)
			}
		}

		Device (COM1)
		{
			Name (_HID, EisaId ("PNP0501"))
			Name (_UID, 0)
			Name (_CRS, ResourceTemplate ()
			{
				IO (Decode16, 0x3f8, 0x3f8, 1, 8)
				IRQNoFlags () { 4 }
			})
		}

		Device (RTC)
		{
			Name (_HID, EisaId ("PNP0B00"))
			Name (_CRS, ResourceTemplate ()
			{
				IO (Decode16, 0x70, 0x70, 1, 2)
			})
		}
	}
}
