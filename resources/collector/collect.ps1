# Slotwise collector for Windows. Writes what Windows tells of its PCI devices, firmware, disks, networks and screens as
# one JSON document, which Slotwise reads on any computer:
#
#   powershell -ExecutionPolicy Bypass -File collect.ps1 -OutFile machine.json
#   slotwise scan --machine machine.json
#
# Windows PowerShell 5.1 and PowerShell 7 run it, on Windows 10, Windows 11, and Windows Server 2016 and later. It uses
# modules and classes that come with Windows alone, changes nothing, opens no connection, and writes to standard output or
# to the file named. Any user can run it. An administrator also sees the partitions, secure boot and DMA protection;
# without them Slotwise cannot say which disk Windows starts from. The file holds network addresses, and serial numbers of
# USB devices: `slotwise report --machine machine.json` writes a report without them.

param([string] $OutFile = '')

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'

# Windows PowerShell 5.1 writes a list that it has wrapped as { value, Count } where this stands.
Remove-TypeData -TypeName System.Array -ErrorAction SilentlyContinue

function Get-Text($value) {
  if ($null -eq $value) { return $null }
  $text = [string] $value
  if ($text.Length -gt 60000) { return $null }
  return $text
}

function Get-Number($value) {
  if ($null -eq $value -or $value -is [bool]) { return $null }
  try { return [double] $value } catch { return $null }
}

# Booleans of devices come as such, or as numbers (Microsoft's SurveyDDA.ps1 compares them with 0).
function Get-Flag($value) {
  if ($null -eq $value) { return $null }
  if ($value -is [string]) { return $null }
  return [bool] $value
}

function Get-Texts($values) {
  if ($null -eq $values) { return $null }
  return , [object[]] @($values | ForEach-Object { Get-Text $_ })
}

function Get-Numbers($values) {
  if ($null -eq $values) { return $null }
  return , [object[]] @($values | ForEach-Object { Get-Number $_ })
}

function Get-Day($date) {
  if ($date -isnot [datetime]) { return $null }
  return $date.ToString('yyyy-MM-dd', [Globalization.CultureInfo]::InvariantCulture)
}

function Get-Letter($letter) {
  $text = [string] $letter
  if ($text -notmatch '^[A-Za-z]$') { return $null }
  return $text.ToUpperInvariant()
}

# What cannot be read is said, and never stops the rest.
$missing = New-Object System.Collections.ArrayList
function Read-Section([string] $name, [scriptblock] $read) {
  try {
    return , [object[]] @(& $read)
  } catch {
    [void] $missing.Add([pscustomobject] @{ section = $name; reason = $_.Exception.GetType().Name })
    return $null
  }
}

# All properties of a device by their names; those that Windows names by set and number keep one blank between the two.
function Get-DeviceProperties([string] $instance) {
  $properties = @{}
  foreach ($property in @(Get-PnpDeviceProperty -InstanceId $instance)) {
    $properties[([string] $property.KeyName) -replace '\s+', ' '] = $property.Data
  }
  return $properties
}

# The set of pciprop.h: DEFINE_PCI_DEVICE_DEVPKEY.
$pciSet = '{3AB22E31-8264-4B4E-9AF5-A8D2D8E33E62}'
function Get-PciProperty($properties, [string] $name, [int] $number) {
  $named = $properties["DEVPKEY_PciDevice_$name"]
  if ($null -ne $named) { return $named }
  return $properties["$pciSet $number"]
}

$present = $null
function Get-Present {
  if ($null -eq $script:present) { $script:present = @(Get-PnpDevice -PresentOnly) }
  return $script:present
}

function Get-PciFunctions {
  foreach ($device in @(Get-Present | Where-Object { $_.InstanceId -like 'PCI\*' })) {
    [pscustomobject] @{
      InstanceId = $device.InstanceId
      FriendlyName = $device.FriendlyName
      Properties = Get-DeviceProperties $device.InstanceId
    }
  }
}

function Get-OtherDevices {
  foreach ($device in @(Get-Present | Where-Object { $_.InstanceId -match '^(USB|USBSTOR|HID|SCSI|IDE|DISPLAY)\\' })) {
    $parent = Get-PnpDeviceProperty -InstanceId $device.InstanceId -KeyName 'DEVPKEY_Device_Parent'
    [pscustomobject] @{
      InstanceId = $device.InstanceId
      FriendlyName = $device.FriendlyName
      Class = $device.Class
      Parent = $parent.Data
    }
  }
}

# The firmware's tables, which no cmdlet shows: GetSystemFirmwareTable and GetFirmwareType of kernel32 read and change nothing.
$native = @'
using System;
using System.Runtime.InteropServices;
public static class SlotwiseFirmware {
  [DllImport("kernel32.dll", SetLastError = true)]
  static extern uint EnumSystemFirmwareTables(uint provider, byte[] buffer, uint size);
  [DllImport("kernel32.dll", SetLastError = true)]
  static extern uint GetSystemFirmwareTable(uint provider, uint table, byte[] buffer, uint size);
  [DllImport("kernel32.dll", SetLastError = true)]
  static extern bool GetFirmwareType(out uint type);
  const uint acpi = 0x41435049;
  public static byte[] Names() {
    byte[] names = new byte[EnumSystemFirmwareTables(acpi, null, 0)];
    EnumSystemFirmwareTables(acpi, names, (uint) names.Length);
    return names;
  }
  public static byte[] Table(uint name) {
    byte[] table = new byte[GetSystemFirmwareTable(acpi, name, null, 0)];
    GetSystemFirmwareTable(acpi, name, table, (uint) table.Length);
    return table;
  }
  public static uint Kind() {
    uint type;
    return GetFirmwareType(out type) ? type : 0;
  }
}
'@

$compiled = $false
function Add-Native {
  if (-not $script:compiled) { Add-Type -TypeDefinition $native }
  $script:compiled = $true
}

function Get-FirmwareTables {
  Add-Native
  $names = [SlotwiseFirmware]::Names()
  for ($at = 0; $at + 4 -le $names.Length; $at += 4) {
    $signature = [Text.Encoding]::ASCII.GetString($names, $at, 4)
    $bytes = $null
    if ($signature -in 'DMAR', 'IVRS', 'APIC') {
      $table = [SlotwiseFirmware]::Table([BitConverter]::ToUInt32($names, $at))
      $bytes = ([BitConverter]::ToString($table) -replace '-', '').ToLowerInvariant()
    }
    [pscustomobject] @{ Signature = $signature; Bytes = $bytes }
  }
}

function Get-BootFacts {
  $kind = $null
  $secure = $null
  try { Add-Native; $kind = [SlotwiseFirmware]::Kind() } catch { $kind = $null }
  try { $secure = Confirm-SecureBootUEFI } catch { $secure = $null }
  [pscustomobject] @{ FirmwareType = $kind; SecureBoot = $secure }
}

$identity = New-Object Security.Principal.WindowsPrincipal ([Security.Principal.WindowsIdentity]::GetCurrent())
$elevated = $identity.IsInRole([Security.Principal.WindowsBuiltInRole]::Administrator)

#SECTIONS#

$inventory = [ordered] @{
  format = $format
  version = $version
  collectedAt = [datetime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ', [Globalization.CultureInfo]::InvariantCulture)
  elevated = $elevated
  powershell = [string] $PSVersionTable.PSVersion
  missing = [object[]] $missing.ToArray()
  sections = $sections
}

# Characters beyond ASCII are written as escapes: consoles and `>` of Windows PowerShell 5.1 would change them.
$json = ConvertTo-Json -InputObject $inventory -Depth 6 -Compress
$json = [regex]::Replace($json, '[^\x00-\x7E]', { param($match) '\u{0:x4}' -f [int][char] $match.Value })

if ($OutFile -eq '') {
  $json
} else {
  $path = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($OutFile)
  [IO.File]::WriteAllText($path, $json, [Text.Encoding]::ASCII)
}
