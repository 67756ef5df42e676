{{/*
The server's configuration: the values under `serve`, and above them what the chart knows better. The pod's ports, probes,
mounts and grace period are derived from the same values, so that they cannot disagree.
*/}}
{{- define "shortlist.configuration" -}}
{{- $ports := .Values.ports -}}
{{- $owned := dict
      "address" (printf "0.0.0.0:%d" (int $ports.retrieval))
      "threads" (include "shortlist.threads" . | int)
      "admin" (dict "address" "127.0.0.1:50052")
      "health" (dict "address" (printf "0.0.0.0:%d" (int $ports.health)))
      "metrics" (dict "address" (printf "0.0.0.0:%d" (int $ports.metrics)))
      "security" (include "shortlist.security" . | fromYaml) -}}
{{- with .Values.accessLog.pseudonymSecretName -}}
{{- $_ := set $owned "access_log" (dict "pseudonym_key" "/etc/shortlist/pseudonym/key") -}}
{{- end -}}
{{- toYaml (dict "name" (include "shortlist.name" .) "log" .Values.log "serve" (mergeOverwrite (deepCopy .Values.serve) $owned)) -}}
{{- end -}}

{{- define "shortlist.security" -}}
{{- if .Values.tls.enabled -}}
certificate: /etc/shortlist/tls/tls.crt
private_key: /etc/shortlist/tls/tls.key
{{- if .Values.tls.clientAuthorities.secretName }}
client_authorities: /etc/shortlist/authorities/ca.crt
client_certificates: {{ .Values.tls.clientAuthorities.certificates }}
{{- end }}
{{- else -}}
insecure: true
{{- end }}
{{- if .Values.clients.secretName }}
clients: /etc/shortlist/clients/clients.json
{{- end }}
{{- end -}}

{{/* As many threads as the requested CPUs, rounded up: the server by itself would count the node's cores. */}}
{{- define "shortlist.threads" -}}
{{- $cpu := .Values.resources.requests.cpu | toString -}}
{{- $given := .Values.serve.threads | default 0 | int -}}
{{- if $given }}{{ $given }}
{{- else if hasSuffix "m" $cpu }}{{ divf (trimSuffix "m" $cpu | float64) 1000 | ceil | int }}
{{- else }}{{ $cpu | float64 | ceil | int }}
{{- end -}}
{{- end -}}

{{/* Seconds from the wish to end to the end: before SIGTERM, as a lame duck, and for the calls under way. */}}
{{- define "shortlist.leavingSeconds" -}}
{{- $shutdown := .Values.serve.shutdown -}}
{{- add (int .Values.preStopSeconds) (int $shutdown.lame_duck_seconds) (int $shutdown.drain_seconds) -}}
{{- end -}}
