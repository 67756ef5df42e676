{{/* The name of every object; the release's, unless given. */}}
{{- define "shortlist.name" -}}
{{- .Values.fullnameOverride | default (contains "shortlist" .Release.Name | ternary .Release.Name (printf "%s-shortlist" .Release.Name)) | trunc 52 | trimSuffix "-" -}}
{{- end -}}

{{/* What tells this release's pods from all others; never changes during an upgrade. */}}
{{- define "shortlist.selector" -}}
app.kubernetes.io/name: shortlist
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "shortlist.labels" -}}
{{ include "shortlist.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: retrieval
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}

{{- define "shortlist.image" -}}
{{- with .Values.image -}}
{{- if .digest }}{{ .repository }}@{{ .digest }}{{ else }}{{ .repository }}:{{ .tag | default (printf "%s-cpu" $.Chart.AppVersion) }}{{ end -}}
{{- end -}}
{{- end -}}

{{- define "shortlist.tlsSecret" -}}
{{- .Values.tls.secretName | default (printf "%s-tls" (include "shortlist.name" .)) -}}
{{- end -}}
