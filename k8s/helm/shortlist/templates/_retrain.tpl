{{/*
The configuration of the retraining: the values under `retrain.configuration`, and above them what the chart knows better.
*/}}
{{- define "shortlist.retrainConfiguration" -}}
{{- $owned := dict "directory" "/runs/shop" "retrain" (dict "models" "/models") -}}
{{- $defaults := dict "name" (include "shortlist.name" .) "log" .Values.log -}}
{{- toYaml (mergeOverwrite $defaults (deepCopy .Values.retrain.configuration) $owned) -}}
{{- end -}}

{{- define "shortlist.retrainName" -}}
{{ include "shortlist.name" . }}-retrain
{{- end -}}

{{/* Another name than the server's, so that no service, budget or policy of the server takes its pods. */}}
{{- define "shortlist.retrainSelector" -}}
app.kubernetes.io/name: shortlist-retrain
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "shortlist.retrainLabels" -}}
{{ include "shortlist.retrainSelector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: training
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
{{- end -}}
