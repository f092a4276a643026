import type { Plan } from '../passthrough/plan.ts';
import type { Artefact } from './artefact.ts';
import { bindingRemarks } from './bound-functions.ts';
import { remark } from './codes.ts';
import { guestShapes } from './guest-shape.ts';
import { guestSlots } from './guest-slots.ts';
import { domainXml, hostdevXml } from './libvirt-xml.ts';
import { shellWord } from './shell-word.ts';
import { vmLabel } from './vm-label.ts';

/** The folder of libvirt's default storage pool. */
const images = '/var/lib/libvirt/images';

/** A whole domain to define, and each function alone for a domain that exists: two ways, one of which is to be taken. */
export function libvirt(plan: Plan): Artefact[] {
  const { name, slug, changed } = vmLabel(plan.vm.name);
  const shape = guestShapes[plan.vm.profile];
  const slots = guestSlots(plan.give);
  const domain = `--domain=${shellWord(name)}`;
  const image = `${images}/${slug}.qcow2`;
  const file = `libvirt/${slug}.xml`;
  const seen = `virsh dumpxml ${domain} | grep -c '<hostdev'`;
  const shared = { target: 'libvirt', path: null, mode: '0644', before: null } as const;
  const renamed = changed ? [remark('name-was-changed', { name })] : [];

  const whole: Artefact = {
    ...shared,
    file,
    content: domainXml(name, image, shape, slots),
    apply: [
      `virt-xml-validate ${file} domain`,
      `test -e ${image} || qemu-img create -f qcow2 ${image} ${shape.diskGigabytes}G`,
      `virsh define ${file}`,
    ],
    verify: { command: seen, expect: `${plan.give.length}` },
    undo: [`virsh undefine ${domain} --nvram`],
    remarks: [
      ...renamed,
      remark('disk-has-to-be-made', { image }),
      remark('default-network'),
      remark('second-screen'),
      ...(shape.windows ? [remark('windows-11-needs-tpm')] : []),
      ...bindingRemarks(plan),
    ],
  };
  const singles = slots.flatMap((slot, slotIndex) => slot.map((seat) => ({ seat, slot, slotIndex })));
  return [
    whole,
    ...singles.map(({ seat, slot, slotIndex }, index): Artefact => {
      const single = `libvirt/${slug}-hostdev-${index}.xml`;
      return {
        ...shared,
        file: single,
        content: hostdevXml(seat, slot, slotIndex),
        apply: [`virsh attach-device ${domain} --file=${single} --config`],
        verify: { command: seen, expect: `${plan.give.length}` },
        undo: [`virsh detach-device ${domain} --file=${single} --config`],
        remarks: [...renamed, remark('for-a-machine-that-exists', { domain: name }), ...bindingRemarks(plan)],
      };
    }),
  ];
}
