# --- How it is tried: the same in every script; Windows PowerShell 5.1, PowerShell 7, no modules ---

# Each adds one thing to try; Get-Tries has the list.
function Add-Try($transport, $flow, $port, $target, $name, $message) {
	$script:waiting.Enqueue(@{
		transport = $transport; flow = $flow; port = $port; target = $target
		name = $name; message = $message
	})
}
function Add-Tcp($flow, $port, $target, [switch] $ByName) {
	Add-Try 'tcp' $flow $port $target ([bool] $ByName) ''
}
function Add-Udp($flow, $port, $target, $message, [switch] $ByName) {
	Add-Try 'udp' $flow $port $target ([bool] $ByName) $message
}
function Add-Echo($flow, $target, [switch] $ByName) {
	Add-Try 'icmp' $flow 0 $target ([bool] $ByName) ''
}
function Add-Untried($transport, $flow, $port, $target, $why) {
	$task = @{transport = $transport; flow = $flow; port = $port; target = $target}
	Add-Line $task '-' 'not-tested' $why '-' '-' '-' '-'
}

# One line of the results: 11 fields with tabs between them.
function Add-Line($task, $address, $state, $how, $means, $ms, $icmp, $reply) {
	$how = ([string] $how) -replace '[^ -~]', '?'
	if ($how.Length -gt 120) { $how = $how.Substring(0, 120) }
	if ($how -eq '') { $how = '-' }
	$script:lines.Add((@($task.flow, $task.target, $address, $task.port, $task.transport, $state, $how,
		$means, $ms, $icmp, $reply) -join "`t"))
}

# How many ICMP errors this host has got so far; -1 where it does not tell. With none in between,
# a refusal was a reset, and "unreachable" this host's own word.
function Get-IcmpErrors {
	try {
		$all = [System.Net.NetworkInformation.IPGlobalProperties]::GetIPGlobalProperties()
		$four = $all.GetIcmpV4Statistics()
		$six = $all.GetIcmpV6Statistics()
		return $four.DestinationUnreachableMessagesReceived + $four.TimeExceededMessagesReceived +
			$four.ParameterProblemsReceived + $six.DestinationUnreachableMessagesReceived +
			$six.TimeExceededMessagesReceived + $six.ParameterProblemsReceived
	} catch {
		return -1
	}
}
function Get-IcmpWord($before) {
	$after = Get-IcmpErrors
	if ($before -lt 0 -or $after -lt 0) { return '-' }
	if ($after -eq $before) { return 'none' }
	return 'some'
}

# The system's name for what went wrong: ConnectionRefused, HostNotFound, ...
function Get-ErrorName($record) {
	$e = $record.Exception
	while ($e -and -not ($e -is [System.Net.Sockets.SocketException])) { $e = $e.InnerException }
	if ($e) { return [string] $e.SocketErrorCode }
	return $record.Exception.GetType().Name
}

# What a socket's error means; what we do not know we call unknown, never closed.
function Get-State($errorName, $transport) {
	switch ($errorName) {
		'ConnectionRefused' { return 'refused' }
		'ConnectionReset' { if ($transport -eq 'udp') { return 'refused' } } # so Windows says it
		'TimedOut' { return 'timeout' }
		'HostUnreachable' { return 'host-unreachable' }
		'HostDown' { return 'host-unreachable' }
		'NetworkUnreachable' { return 'net-unreachable' }
		'AddressFamilyNotSupported' { return 'net-unreachable' }
		'AccessDenied' { return 'denied' }
	}
	return 'unknown'
}
function Get-NameState($errorName) {
	if ($errorName -eq 'HostNotFound' -or $errorName -eq 'NoData') { return 'no-name' }
	return 'name-error'
}

# Resolvers that block a name give 0.0.0.0 or the like: no host has that, and a connection to it may come to
# this host itself.
function Test-IsOfHost($address) {
	$ip = [System.Net.IPAddress]::Parse($address)
	if ($ip.AddressFamily -eq [System.Net.Sockets.AddressFamily]::InterNetwork) {
		$first = $ip.GetAddressBytes()[0]
		return $first -ne 0 -and ($first -lt 224 -or $first -gt 239) -and $address -ne '255.255.255.255'
	}
	return -not ($ip.IsIPv6Multicast -or $ip.IsIPv4MappedToIPv6 -or $ip.Equals([System.Net.IPAddress]::IPv6Any))
}

# The addresses of a target; each name is looked up once. blocked: of a name that has no others.
function Get-Addresses($task) {
	if (-not $task.name) { return @{addresses = @($task.target); errorName = ''; blocked = ''} }
	if (-not $script:names.ContainsKey($task.target)) {
		$found = @{addresses = @(); errorName = ''; blocked = ''}
		try {
			$all = @([System.Net.Dns]::GetHostAddresses($task.target) |
				ForEach-Object { ([string] $_) -replace '%.*$', '' } | Sort-Object -Unique)
			$found.addresses = @($all | Where-Object { Test-IsOfHost $_ })
			if ($all.Count -eq 0) {
				$found.errorName = 'NoData'
			} elseif ($found.addresses.Count -eq 0) {
				$found.blocked = $all[0]
			}
		} catch {
			$found.errorName = Get-ErrorName $_
		}
		$script:names[$task.target] = $found
	}
	return $script:names[$task.target]
}

# One socket under way. It is closed with a reset, so that nothing lingers.
function Start-Socket($task, $address) {
	$one = @{
		task = $task; address = $address; socket = $null; async = $null; sent = 0; failed = ''
		clock = [System.Diagnostics.Stopwatch]::StartNew(); errors = (Get-IcmpErrors)
	}
	try {
		$ip = [System.Net.IPAddress]::Parse($address)
		$endpoint = New-Object System.Net.IPEndPoint($ip, [int] $task.port)
		if ($task.transport -eq 'udp') {
			$one.socket = New-Object System.Net.Sockets.Socket($ip.AddressFamily,
				[System.Net.Sockets.SocketType]::Dgram, [System.Net.Sockets.ProtocolType]::Udp)
			$one.socket.Connect($endpoint)
			Send-Message $one
		} else {
			$one.socket = New-Object System.Net.Sockets.Socket($ip.AddressFamily,
				[System.Net.Sockets.SocketType]::Stream, [System.Net.Sockets.ProtocolType]::Tcp)
			$one.socket.LingerState = New-Object System.Net.Sockets.LingerOption($true, 0)
			$one.async = $one.socket.BeginConnect($endpoint, $null, $null)
		}
	} catch {
		$one.failed = Get-ErrorName $_
	}
	return $one
}

function Send-Message($one) {
	$hex = $one.task.message
	$bytes = New-Object byte[] ($hex.Length / 2)
	for ($i = 0; $i -lt $bytes.Length; $i++) {
		$bytes[$i] = [System.Convert]::ToByte($hex.Substring(2 * $i, 2), 16)
	}
	$one.sent++
	[void] $one.socket.Send($bytes)
}

function Stop-Tcp($one) {
	$state = 'timeout'
	$how = 'no answer'
	if ($one.async.IsCompleted) {
		try {
			$one.socket.EndConnect($one.async)
			$state = 'open'
			$how = 'connected'
		} catch {
			$how = Get-ErrorName $_
			$state = Get-State $how 'tcp'
		}
	}
	Add-Line $one.task $one.address $state $how 'powershell Socket' $one.clock.ElapsedMilliseconds (
		Get-IcmpWord $one.errors) '-'
}

function Stop-Udp($one) {
	$state = 'timeout'
	$how = 'no answer'
	$reply = '-'
	if ($one.socket.Poll(0, [System.Net.Sockets.SelectMode]::SelectRead)) {
		try {
			$bytes = New-Object byte[] 65536
			$n = [System.Math]::Min($one.socket.Receive($bytes), 512)
			$state = 'answered'
			$how = 'a datagram'
			$reply = [System.BitConverter]::ToString($bytes, 0, $n).Replace('-', '').ToLowerInvariant()
			if ($reply -eq '') { $reply = '-' }
		} catch {
			$how = Get-ErrorName $_
			$state = Get-State $how 'udp'
		}
	}
	Add-Line $one.task $one.address $state $how 'powershell Socket' $one.clock.ElapsedMilliseconds (
		Get-IcmpWord $one.errors) $reply
}

# True: it is over, and told.
function Test-IsOver($one) {
	$late = $one.clock.ElapsedMilliseconds -ge 1000 * $seconds
	if ($one.failed -ne '') {
		Add-Line $one.task $one.address (Get-State $one.failed $one.task.transport) $one.failed 'powershell Socket' (
			$one.clock.ElapsedMilliseconds) (Get-IcmpWord $one.errors) '-'
	} elseif ($one.task.transport -eq 'tcp') {
		if (-not $late -and -not $one.async.IsCompleted) { return $false }
		Stop-Tcp $one
	} else {
		if (-not $late -and -not $one.socket.Poll(0, [System.Net.Sockets.SelectMode]::SelectRead)) {
			if ($one.sent -eq 1 -and $one.clock.ElapsedMilliseconds -ge 500 * $seconds) {
				try { Send-Message $one } catch { $one.failed = Get-ErrorName $_ }
			}
			return $false
		}
		Stop-Udp $one
	}
	if ($one.socket) { $one.socket.Close() }
	return $true
}

# Two echoes at most, so that one lost packet proves nothing.
function Send-Echo($task, $address) {
	$errors = Get-IcmpErrors
	$state = 'timeout'
	$how = 'no answer'
	$ms = '-'
	try {
		$pinger = New-Object System.Net.NetworkInformation.Ping
		for ($i = 0; $i -lt 2 -and $state -eq 'timeout'; $i++) {
			$answer = $pinger.Send([System.Net.IPAddress]::Parse($address), [int] (500 * $seconds))
			$how = [string] $answer.Status
			switch -Regex ($how) {
				'^Success$' { $state = 'open'; $ms = $answer.RoundtripTime }
				'^TimedOut$' { $state = 'timeout' }
				'Unreachable$|Prohibited$|^TtlExpired$' {
					$state = 'host-unreachable'
					$how = $how + ' from ' + [string] $answer.Address
				}
				default { $state = 'unknown' }
			}
		}
	} catch {
		$how = 'ping cannot be sent: ' + (Get-ErrorName $_)
		Add-Line $task $address 'not-tested' $how '-' '-' '-' '-'
		return
	}
	Add-Line $task $address $state $how 'powershell Ping' $ms (Get-IcmpWord $errors) '-'
}

# All that there is to try, at most $atOnce at a time.
function Invoke-Tries {
	$live = New-Object System.Collections.ArrayList
	while ($script:waiting.Count -gt 0 -or $live.Count -gt 0) {
		while ($script:waiting.Count -gt 0 -and $live.Count -lt $atOnce) {
			$task = $script:waiting.Dequeue()
			$found = Get-Addresses $task
			if ($found.errorName -ne '') {
				Add-Line $task '-' (Get-NameState $found.errorName) $found.errorName 'powershell Dns' '-' '-' '-'
			}
			if ($found.blocked -ne '') {
				Add-Line $task $found.blocked 'not-tested' 'no host has this address' 'powershell Dns' '-' '-' '-'
			}
			foreach ($address in $found.addresses) {
				if ($task.transport -eq 'icmp') {
					Send-Echo $task $address
				} else {
					[void] $live.Add((Start-Socket $task $address))
				}
			}
		}
		foreach ($one in $live.ToArray()) {
			if (Test-IsOver $one) { $live.Remove($one) }
		}
		Start-Sleep -Milliseconds 5
	}
}

$waiting = New-Object System.Collections.Queue
$names = @{}
$lines = New-Object 'System.Collections.Generic.List[string]'
$now = [System.DateTime]::UtcNow.ToString('yyyy-MM-ddTHH:mm:ssZ',
	[System.Globalization.CultureInfo]::InvariantCulture)
$lines.Add((@('portolan-results 1', $site, $vantage, $now, $id) -join "`t"))
try {
	Get-Tries
	Invoke-Tries
	$lines.Add((@('portolan-end', ($lines.Count - 1)) -join "`t"))
} finally {
	# Interrupted, it keeps what is known.
	if ($To -ne '') {
		$path = $ExecutionContext.SessionState.Path.GetUnresolvedProviderPathFromPSPath($To)
		[System.IO.File]::WriteAllLines($path, $lines.ToArray())
	}
}
if ($To -eq '') { $lines }
